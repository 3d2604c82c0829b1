import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import { DUPLICATE_KEY, refusedOperations } from '@buyer-group/shared/mongo/refused-operations.ts'
import { EVENT_KEPT_MS } from '@buyer-group/shared/mongo/rules/event-kept.ts'
import { inStatements, LOOKED_UP_AT_ONCE, lookUp } from '@buyer-group/shared/mongo/rules/look-up.ts'
import type { AnyBulkWriteOperation, Collection } from 'mongodb'
import type { GroupedDecision } from '../rules/decide-outcome.ts'
import { bulkUpdate } from './bulk-writes.ts'
import type { EventStore, InsertOutcome } from './stores.ts'

/** The document fails the collection's validator, or is larger than MongoDB takes: no attempt will succeed. */
const NEVER_CODES = new Set([121, 10_334, 17_419, 17_420])

/** The events in `webhook_events`. */
export function createMongoEventStore(collection: Collection<WebhookEventDoc>): EventStore {
  return {
    insert: async (docs) => {
      try {
        await collection.insertMany([...docs], { ordered: false })
        return { inserted: new Set(docs.map((doc) => doc.idempotencyKey)), present: [], refused: new Map() }
      } catch (error) {
        return readInsertErrors(error, docs)
      }
    },

    find: async (keys) => {
      const docs = await collection
        .find({ idempotencyKey: { $in: [...keys] } }, { batchSize: keys.length + 1 })
        .project<
          Pick<WebhookEventDoc, 'idempotencyKey' | 'bodySha256' | 'processed' | 'waitingFor' | 'classification'>
        >({
          _id: 0,
          idempotencyKey: 1,
          bodySha256: 1,
          processed: 1,
          waitingFor: 1,
          classification: 1,
        })
        .toArray()
      return new Map(docs.map(({ idempotencyKey, ...recorded }) => [idempotencyKey, recorded]))
    },

    decide: async (decisions, now) => {
      const shared = decisions.filter(({ keys }) => keys.length > LOOKED_UP_AT_ONCE)
      const others = decisions.filter(({ keys }) => keys.length <= LOOKED_UP_AT_ONCE).flatMap(byKey)
      await bulkUpdate(collection, [
        ...shared.map(({ keys, decision }) => toDecide(keys, { $literal: decision }, now)),
        ...inStatements(others).map((some) => {
          const keys = some.map(({ key }) => key)
          const own = some.map(({ decision }) => decision)
          return toDecide(keys, lookUp('$idempotencyKey', keys, own), now)
        }),
      ])
    },

    noteError: async (key, { code, message }) => {
      await collection.updateOne({ idempotencyKey: key, processed: false }, { $set: { error: { code, message } } })
    },
  }
}

/** One statement that decides events. Without the hint the database tries the index of undecided events as well. */
function toDecide(keys: readonly string[], decision: object, now: Date): AnyBulkWriteOperation<WebhookEventDoc> {
  return {
    updateMany: {
      filter: { idempotencyKey: { $in: [...keys] }, processed: false },
      update: [
        { $set: { processed: true, processedAt: now, decision, expiresAt: EXPIRES_IF_FREE, error: '$$REMOVE' } },
      ],
      hint: { idempotencyKey: 1 },
    },
  }
}

const byKey = ({ keys, decision }: GroupedDecision) => keys.map((key) => ({ key, decision }))

/** The refresher may have folded the event before it is decided; then nobody else would let it expire. */
const EXPIRES_IF_FREE = {
  $cond: [{ $eq: ['$waitingFor', []] }, { $add: ['$receivedAt', EVENT_KEPT_MS] }, '$$REMOVE'],
}

function readInsertErrors(error: unknown, docs: readonly WebhookEventDoc[]): InsertOutcome {
  const failures = refusedOperations(error, 'webhook_events')
  const inserted = new Set(docs.map((doc) => doc.idempotencyKey))
  const present: string[] = []
  const refused = new Map<string, number>()
  for (const { index, code } of failures) {
    const key = docs[index]?.idempotencyKey
    if (key === undefined) throw error
    if (code === DUPLICATE_KEY) present.push(key)
    else if (typeof code === 'number' && NEVER_CODES.has(code)) refused.set(key, code)
    else throw error
    inserted.delete(key)
  }
  return { inserted, present, refused }
}
