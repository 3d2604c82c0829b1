import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { literal } from '../directory/update-expressions.ts'

/** How many person ids a window names (system.md, "Topics": at most 100). */
const MAX_NAMED = 100

/**
 * Marks what still waits for the company as pending in its window, so that the trailing refresh folds it. Called where
 * a refresh took as many changes as it may; nothing happens if none is left. Merges with what is pending already and
 * may run again.
 * Returns how many changes wait, and whether the company has a window to mark: the detector opens one with each claim,
 * so there is none only if the collection was lost.
 */
export async function markWindowPending(
  { webhookEvents, refreshWindows }: Pick<Collections, 'webhookEvents' | 'refreshWindows'>,
  companyId: string,
): Promise<{ waiting: number; marked: boolean }> {
  const waiting = { waitingFor: companyId }
  const [count, types, named] = await Promise.all([
    webhookEvents.countDocuments(waiting),
    webhookEvents.distinct('eventType', waiting),
    webhookEvents
      .find(waiting, { sort: { occurredAt: 1 }, limit: MAX_NAMED })
      .project<{ source: string; payload: { person?: { id?: unknown } } }>({ source: 1, 'payload.person.id': 1 })
      .toArray(),
  ])
  if (count === 0) return { waiting: 0, marked: false }

  const people = named.map(({ source, payload }) => eventIdempotencyKey(source, String(payload.person?.id ?? '')))
  const merged = {
    since: { $ifNull: ['$pending.since', '$$NOW'] },
    count: { $max: ['$pending.count', count] },
    changeTypes: { $setUnion: [{ $ifNull: ['$pending.changeTypes', []] }, literal(types)] },
    triggeredBy: {
      $slice: [{ $setUnion: [{ $ifNull: ['$pending.triggeredBy', []] }, literal(people)] }, MAX_NAMED],
    },
  }
  const { matchedCount } = await refreshWindows.updateOne({ companyId }, [{ $set: { pending: merged } }])
  return { waiting: count, marked: matchedCount === 1 }
}
