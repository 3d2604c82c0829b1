import { gather } from '@buyer-group/shared/batching/gather.ts'
import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection } from 'mongodb'
import { tryBulkWrite } from '../directory/write-in-bulk.ts'
import { findWaiting } from '../gathering/find-waiting.ts'
import { COMPANIES_TOGETHER } from '../gathering/limits.ts'
import { type Release, toReleases } from './release-events.ts'
import { MAX_NAMED, type WaitingEventStore } from './stores.ts'

/** The waiting changes in `webhook_events`. */
export function createMongoEventStore(collection: Collection<WebhookEventDoc>): WaitingEventStore {
  const release = gather<Release, void>({
    maxBatch: 1_000,
    maxInFlight: 1,
    run: async (releases) => {
      await tryBulkWrite(collection, toReleases(releases))
      return releases.map(() => undefined)
    },
  })
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

    release: (group, at) => release({ group, at }),

    noteError: async (keys, { code, message }) => {
      await collection.updateMany({ idempotencyKey: { $in: [...keys] } }, { $set: { error: { code, message } } })
    },
  }
}
