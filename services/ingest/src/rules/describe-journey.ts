import type { RefreshLogDoc, WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'

/** The fields of a recorded event that its journey is told from; the payload is not read. */
export type RecordedEvent = Omit<WebhookEventDoc, 'payload' | 'expiresAt'>

export type RefreshState = Pick<RefreshLogDoc, 'commandId' | 'status'>

/**
 * - `undecided`: recorded, the decision is not known to be made yet;
 * - `failed`: dead-lettered, `error` says why;
 * - `insignificant`: decided, needs no refresh;
 * - `waiting`: a refresh that has not run yet will fold it;
 * - `covered`: every company it concerns was refreshed with it.
 */
export type JourneyStatus = 'undecided' | 'failed' | 'insignificant' | 'waiting' | 'covered'

/**
 * Tells where an event has got to. Holds ids, codes and times, nothing of the person. The company is null where the event
 * names none and its person was not found at exactly one.
 */
export function describeJourney(event: RecordedEvent, refreshes: readonly RefreshState[]) {
  const statusOf = new Map(refreshes.map(({ commandId, status }) => [commandId, status]))
  const withStatus = (commandId: string) => ({ commandId, status: statusOf.get(commandId) ?? null })
  return {
    id: event.idempotencyKey,
    source: event.source,
    type: event.eventType,
    companyId: event.companyId === '' ? null : event.companyId,
    status: journeyStatus(event),
    occurredAt: event.occurredAt.toISOString(),
    receivedAt: event.receivedAt.toISOString(),
    processedAt: event.processedAt?.toISOString() ?? null,
    bodySha256: event.bodySha256,
    decision:
      event.decision === undefined
        ? null
        : { outcome: event.decision.outcome, refreshes: event.decision.commandIds.map(withStatus) },
    classification: event.classification ?? null,
    waitingFor: event.waitingFor,
    coveredBy: (event.coveredBy ?? []).map(({ companyId, commandId, refreshId, sequence, at }) => ({
      companyId,
      refreshId,
      sequence,
      at: at.toISOString(),
      ...withStatus(commandId),
    })),
    error: event.error ?? null,
  }
}

function journeyStatus(event: RecordedEvent): JourneyStatus {
  if (event.error !== undefined && !event.processed) return 'failed'
  if (!event.processed) return 'undecided'
  if (event.waitingFor.length > 0) return 'waiting'
  return event.decision?.outcome === 'insignificant' ? 'insignificant' : 'covered'
}
