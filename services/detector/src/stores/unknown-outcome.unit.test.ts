import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import { type Collection, MongoBulkWriteError } from 'mongodb'
import { expect, test } from 'vitest'
import { bulkUpdate, insertMissing } from './bulk-writes.ts'
import { createMongoEventStore } from './mongo-event-store.ts'

/** What the driver throws when its connection breaks in the middle of a bulk write: no operation in it was refused. */
const broken = async () => {
  throw new MongoBulkWriteError(
    { message: 'connection 1 closed' } as never,
    {
      getWriteConcernError: () => undefined,
    } as never,
  )
}

const collection = {
  collectionName: 'events',
  insertMany: broken,
  bulkWrite: broken,
} as unknown as Collection<WebhookEventDoc>

const UNAVAILABLE = { code: 'mongodb_unavailable', fate: 'unavailable' }

test('an insert whose outcome nobody knows is no success: its events are recorded again', async () => {
  const doc = { idempotencyKey: 'test:evt_1' } as WebhookEventDoc
  await expect(createMongoEventStore(collection).insert([doc])).rejects.toMatchObject(UNAVAILABLE)
})

test('a mark or claim whose outcome nobody knows is no success: it is made again', async () => {
  await expect(bulkUpdate(collection, [{ deleteOne: { filter: {} } }])).rejects.toMatchObject(UNAVAILABLE)
})

test('a log or a window whose insert nobody knows the outcome of is no success', async () => {
  const doc = { idempotencyKey: 'test:evt_1' } as WebhookEventDoc
  await expect(insertMissing(collection, [doc])).rejects.toMatchObject(UNAVAILABLE)
})
