import { useFreshDatabase } from '@buyer-group/testing/mongo/use-fresh-database.ts'
import type { Db } from 'mongodb'
import { beforeEach, expect, test, vi } from 'vitest'
import { createLogger } from '../../logging/create-logger.ts'
import { withLease } from './lease.ts'

const logger = createLogger('test', 'fatal')
const freshDatabase = useFreshDatabase()
let db: Db

beforeEach(() => {
  db = freshDatabase()
})

const options = { name: 'job', logger, ttlMs: 600, pollMs: 20 }

/** What a process that was killed leaves behind. */
async function leaveLease(holder: string, ttlMs: number): Promise<void> {
  const expiresAt = { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: ttlMs } }
  await db
    .collection<{ _id: string }>('leases')
    .updateOne({ _id: 'job' }, [{ $set: { holder, expiresAt } }], { upsert: true })
}

const holderNow = async () => (await db.collection<{ _id: string; holder: string }>('leases').findOne())?.holder

test('lets one in at a time', async () => {
  // Long enough for a busy machine: a holder that stalls for longer may overlap with the next one.
  const lasting = { ...options, ttlMs: 15_000 }
  let inside = 0
  let most = 0
  const work = async () => {
    inside += 1
    most = Math.max(most, inside)
    await holderNow()
    inside -= 1
  }
  await Promise.all(Array.from({ length: 8 }, () => withLease(db, lasting, work)))
  expect(most).toBe(1)
  expect(await holderNow()).toBeUndefined()
})

test('keeps others out for longer than its time to live while the work goes on', async () => {
  const order: string[] = []
  let other: Promise<unknown> | undefined
  await withLease(db, options, async () => {
    const first = await db.collection<{ expiresAt: Date }>('leases').findOne()
    other = withLease(db, options, async () => order.push('other'))
    const pastFirstExpiry = { $expr: { $gt: ['$$NOW', first?.expiresAt] } }
    await vi.waitUntil(async () => (await db.collection('leases').countDocuments(pastFirstExpiry)) === 1, {
      timeout: 5_000,
    })
    order.push('first')
  })
  await other
  expect(order).toEqual(['first', 'other'])
})

test('passes on once a killed holder has stopped renewing', async () => {
  await leaveLease('killed', 400)
  expect(await withLease(db, options, holderNow)).not.toBe('killed')
})

test('tells the work that it lost the lease to another process', async () => {
  const work = withLease(db, options, async ({ signal, renew }) => {
    await leaveLease('usurper', 60_000)
    await expect(renew()).rejects.toMatchObject({ code: 'lease_lost' })
    expect(signal.aborted).toBe(true)
  })
  await expect(work).rejects.toMatchObject({ code: 'lease_lost', fate: 'retryable' })
  expect(await holderNow()).toBe('usurper')
})

test('is released when the work fails', async () => {
  await expect(withLease(db, options, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await holderNow()).toBeUndefined()
})
