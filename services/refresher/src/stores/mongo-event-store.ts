import { gather } from '@buyer-group/shared/batching/gather.ts'
import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { EventCoverage, WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import { gatherWrites } from '@buyer-group/shared/mongo/gathering/gather-writes.ts'
import type { Collection } from 'mongodb'
import { literal } from '../directory/update-expressions.ts'
import { findWaiting } from '../gathering/find-waiting.ts'
import { COMPANIES_TOGETHER } from '../gathering/limits.ts'
import { type Covering, MAX_NAMED, type WaitingEventStore } from './stores.ts'

/** An event may go this long after ingest took it, once nothing waits for it (system.md, "MongoDB"): 45 days. */
export const EVENT_KEPT_MS = 45 * 24 * 60 * 60 * 1_000

/** The waiting changes in `webhook_events`. */
export function createMongoEventStore(collection: Collection<WebhookEventDoc>): WaitingEventStore {
  const write = gatherWrites(collection)
  return {
    waiting: gather({ ...COMPANIES_TOGETHER, run: (companyIds) => findWaiting(collection, companyIds) }),

    summariseWaiting: async (companyId) => {
      const waiting = { waitingFor: companyId }
      const [count, changeTypes, named] = await Promise.all([
        collection.countDocuments(waiting),
        collection.distinct('eventType', waiting),
        collection
          .find(waiting, { sort: { occurredAt: 1 }, limit: MAX_NAMED })
          .project<{ source: string; payload: { person?: { id?: unknown } } }>({ source: 1, 'payload.person.id': 1 })
          .toArray(),
      ])
      const people = named.map(({ source, payload }) => eventIdempotencyKey(source, String(payload.person?.id ?? '')))
      return { count, changeTypes, triggeredBy: [...new Set(people)] }
    },

    release: async (group, at) => {
      const { companyId, foldedIds } = group
      const filter = { idempotencyKey: { $in: foldedIds }, waitingFor: companyId }
      // Few events of many: MongoDB would compare this index with that on `waitingFor` otherwise.
      await write({ updateMany: { filter, update: released(group, at), hint: { idempotencyKey: 1 } } })
    },

    noteError: async (keys, { code, message }) => {
      await collection.updateMany({ idempotencyKey: { $in: [...keys] } }, { $set: { error: { code, message } } })
    },
  }
}

function released({ companyId, commandId, refreshId, sequence }: Covering, at: Date) {
  const coverage: EventCoverage = { companyId, commandId, refreshId, sequence, at }
  const stillWaiting = { $filter: { input: '$waitingFor', cond: { $ne: ['$$this', literal(companyId)] } } }
  const mayExpire = { $and: [{ $eq: ['$waitingFor', []] }, { $eq: ['$processed', true] }] }
  const coveredBy = { $concatArrays: [{ $ifNull: ['$coveredBy', []] }, [literal(coverage)]] }
  return [
    { $set: { waitingFor: stillWaiting, coveredBy } },
    { $set: { expiresAt: { $cond: [mayExpire, { $add: ['$receivedAt', EVENT_KEPT_MS] }, '$expiresAt'] } } },
  ]
}
