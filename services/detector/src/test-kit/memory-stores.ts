import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import { EVENT_KEPT_MS } from '@buyer-group/shared/mongo/rules/event-kept.ts'
import type { MemoryDatabase } from '@buyer-group/testing/memory/memory-database.ts'
import type { DetectorStores, DirectoryStore, EventStore, GroupStore, RefreshLogStore } from '../stores/stores.ts'
import { createMemoryWindowStore } from './memory-window-store.ts'

/** The detector's stores over a database in memory; held to MongoDB's by the contract suite beside this file. */
export function createMemoryStores(database: MemoryDatabase): DetectorStores {
  return {
    events: createMemoryEventStore(database),
    windows: createMemoryWindowStore(database),
    logs: createMemoryLogStore(database),
    groups: createMemoryGroupStore(database),
    directory: createMemoryDirectoryStore(database),
  }
}

function createMemoryEventStore({ events, between }: MemoryDatabase): EventStore {
  return {
    insert: async (docs) => {
      const inserted = new Set<string>()
      const present: string[] = []
      for (const doc of docs) {
        await between()
        if (events.has(doc.idempotencyKey)) present.push(doc.idempotencyKey)
        else {
          events.set(doc.idempotencyKey, doc)
          inserted.add(doc.idempotencyKey)
        }
      }
      return { inserted, present, refused: new Map() }
    },

    find: async (keys) =>
      new Map(
        keys.flatMap((key) => {
          const event = events.get(key)
          if (event === undefined) return []
          const { bodySha256, processed, waitingFor, classification } = event
          return [[key, { bodySha256, processed, waitingFor, classification }] as const]
        }),
      ),

    decide: async (decisions, now) => {
      for (const { decision, keys } of decisions) {
        for (const key of keys) {
          await between()
          const event = events.get(key)
          if (event?.processed === false) events.set(key, decided(event, { ...decision }, now))
        }
      }
    },

    noteError: async (key, { code, message }) => {
      const event = events.get(key)
      if (event?.processed === false) events.set(key, { ...event, error: { code, message } })
    },
  }
}

function decided(event: WebhookEventDoc, decision: NonNullable<WebhookEventDoc['decision']>, now: Date) {
  const { error: _settled, expiresAt: _before, ...rest } = event
  const expiry =
    event.waitingFor.length === 0 ? { expiresAt: new Date(event.receivedAt.getTime() + EVENT_KEPT_MS) } : {}
  return { ...rest, processed: true, processedAt: now, decision, ...expiry }
}

function createMemoryLogStore({ logs, between }: MemoryDatabase): RefreshLogStore {
  return {
    insert: async (added) => {
      for (const log of added) {
        await between()
        if (!logs.has(log.commandId)) logs.set(log.commandId, log)
      }
    },

    findCompanies: async (commandIds) =>
      new Map(
        commandIds.flatMap((id) => {
          const log = logs.get(id)
          return log === undefined ? [] : [[id, log.companyId] as const]
        }),
      ),

    findFailed: async (commandIds) => new Set(commandIds.filter((id) => logs.get(id)?.status === 'failed')),
  }
}

function createMemoryGroupStore({ groups, now }: MemoryDatabase): GroupStore {
  return {
    findAged: async (maxAgeMs, after, limit) => {
      const latest = now().getTime() - maxAgeMs
      return [...groups.values()]
        .map(({ companyId, sequence, refreshedAt }) => ({ companyId, sequence, refreshedAt }))
        .filter((group) => group.refreshedAt.getTime() <= latest)
        .filter((group) => after === null || byAge(after, group) < 0)
        .toSorted(byAge)
        .slice(0, limit)
    },
  }
}

function createMemoryDirectoryStore({ people, positions }: MemoryDatabase): DirectoryStore {
  return {
    findCompanies: async (sourceIds) =>
      new Map(
        sourceIds.flatMap((sourceId) => {
          const person = [...people.values()].find((one) => one.sourceIds.includes(sourceId))
          const companyIds = [...positions.values()]
            .filter(({ personId, active }) => active && personId === person?.personId)
            .map(({ companyId }) => companyId)
          return companyIds.length === 0 ? [] : [[sourceId, companyIds.toSorted()] as const]
        }),
      ),
  }
}

type Aged = { readonly companyId: string; readonly refreshedAt: Date }

const byAge = (left: Aged, right: Aged) =>
  left.refreshedAt.getTime() - right.refreshedAt.getTime() ||
  Number(left.companyId > right.companyId) - Number(left.companyId < right.companyId)
