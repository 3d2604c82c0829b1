import { type BulkWriteResult, type Collection, MongoBulkWriteError } from 'mongodb'
import { expect, test } from 'vitest'
import { bulkWrite } from './bulk-write.ts'

const result = { getWriteConcernError: () => undefined } as BulkWriteResult

const failingWith = (error: unknown) =>
  ({ collectionName: 'people', bulkWrite: () => Promise.reject(error) }) as unknown as Collection<{ a: number }>

test('a bulk write that got no answer is never taken for one that was done', async () => {
  const unanswered = new MongoBulkWriteError({ message: 'connection 1 closed' } as never, result)
  await expect(bulkWrite(failingWith(unanswered), [{ insertOne: { document: { a: 1 } } }])).rejects.toMatchObject({
    code: 'mongodb_unavailable',
    fate: 'unavailable',
    cause: unanswered,
  })
})

test('an answer that refuses the whole bulk write is thrown as it came', async () => {
  const refused = new MongoBulkWriteError({ message: 'not authorised', code: 13 } as never, result)
  await expect(bulkWrite(failingWith(refused), [{ insertOne: { document: { a: 1 } } }])).rejects.toBe(refused)
})
