import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import { EVENT_KEPT_MS } from '@buyer-group/shared/mongo/rules/event-kept.ts'
import type { MemoryDatabase } from '@buyer-group/testing/memory/memory-database.ts'
import { type Covering, MAX_FOLDED, MAX_NAMED, type WaitingEventStore } from '../stores/stores.ts'

/** The waiting changes in memory. */
export function createMemoryEventStore({ events, between }: MemoryDatabase): WaitingEventStore {
  const waitingFor = (companyId: string) =>
    [...events.values()]
      .filter((event) => event.waitingFor.includes(companyId))
      .sort((left, right) => left.occurredAt.getTime() - right.occurredAt.getTime())
  return {
    waiting: async (companyId) =>
      waitingFor(companyId)
        .slice(0, MAX_FOLDED)
        .map((event) => {
          const { idempotencyKey, payload, occurredAt, receivedAt } = event
          return {
            idempotencyKey,
            companyId: event.companyId,
            payload,
            occurredAt,
            receivedAt,
            waitingFor: event.waitingFor,
          }
        }),

    summariseWaiting: async (companyId) => {
      const waiting = waitingFor(companyId)
      const people = waiting.slice(0, MAX_NAMED).map(personOf)
      return {
        count: waiting.length,
        changeTypes: [...new Set(waiting.map(({ eventType }) => eventType))].sort(),
        triggeredBy: [...new Set(people)],
      }
    },

    release: async (group, at) => {
      for (const key of group.foldedIds) {
        await between()
        const event = events.get(key)
        if (event?.waitingFor.includes(group.companyId)) events.set(key, released(event, group, at))
      }
    },

    noteError: async (keys, { code, message }) => {
      for (const key of keys) {
        await between()
        const event = events.get(key)
        if (event !== undefined) events.set(key, { ...event, error: { code, message } })
      }
    },
  }
}

function personOf({ source, payload }: WebhookEventDoc): string {
  const { person } = payload as { person?: { id?: unknown } }
  return eventIdempotencyKey(source, String(person?.id ?? ''))
}

function released(
  event: WebhookEventDoc,
  { companyId, commandId, refreshId, sequence }: Covering,
  at: Date,
): WebhookEventDoc {
  const waitingFor = event.waitingFor.filter((one) => one !== companyId)
  const mayExpire = waitingFor.length === 0 && event.processed
  return {
    ...event,
    waitingFor,
    coveredBy: [...(event.coveredBy ?? []), { companyId, commandId, refreshId, sequence, at }],
    ...(mayExpire ? { expiresAt: new Date(event.receivedAt.getTime() + EVENT_KEPT_MS) } : {}),
  }
}
