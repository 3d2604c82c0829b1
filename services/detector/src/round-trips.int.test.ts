import { randomUUID } from 'node:crypto'
import { collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import type { CommandStartedEvent, CommandSucceededEvent } from 'mongodb'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBatchHandler } from './handle-batch.ts'
import { changeAt, move, never } from './test-kit/messages.ts'
import { testDetector, useTestDatabase } from './test-kit/test-detector.ts'

const database = useTestDatabase()
let client: MongoClient
let asked: string[] = []
/** Documents that were inserted or changed. */
let writes = 0
beforeAll(async () => {
  client = await new MongoClient(database.uri, { monitorCommands: true }).connect()
  client.on('commandStarted', ({ commandName, databaseName, command }: CommandStartedEvent) => {
    if (databaseName === database.db.databaseName) asked.push(`${commandName} ${command[commandName]}`)
  })
  client.on('commandSucceeded', ({ commandName, databaseName, reply }: CommandSucceededEvent) => {
    if (databaseName !== database.db.databaseName) return
    const { n = 0, nModified = 0 } = reply as { readonly n?: number; readonly nModified?: number }
    writes += commandName === 'insert' ? n : nModified
  })
})
afterAll(() => client.close())

const companies = (count: number) => Array.from({ length: count }, () => `c-${randomUUID()}`)

/** What a batch asks of MongoDB. */
async function askedBy(batch: ReturnType<typeof changeAt>[]): Promise<string[]> {
  const handle = createBatchHandler(testDetector(collectionsOf(client.db(database.db.databaseName))))
  asked = []
  await handle(batch, never)
  return asked
}

test('a batch of changes asks MongoDB the same eight times for ten and for a thousand', async () => {
  const batchOf = (size: number) =>
    companies(size / 2).flatMap((company, index) => [
      changeAt(company, index % 3 === 0 ? { type: 'person.email_change' } : {}),
      move(company, `to-${company}`),
    ])
  const few = await askedBy(batchOf(10))
  expect(few).toEqual([
    'insert webhook_events',
    'find refresh_windows',
    'insert refresh_windows',
    'update refresh_windows',
    'find refresh_windows',
    'insert buyer_group_refresh_logs',
    'update refresh_windows',
    'update webhook_events',
  ])
  expect(await askedBy(batchOf(1_000))).toEqual(few)
})

test('a batch of changes inside open windows asks four times, whatever their number', async () => {
  for (const size of [10, 1_000]) {
    const open = companies(size)
    await askedBy(open.map((company) => changeAt(company)))
    expect(await askedBy(open.map((company) => changeAt(company)))).toEqual([
      'insert webhook_events',
      'find refresh_windows',
      'update refresh_windows',
      'update webhook_events',
    ])
  }
})

test('a batch of repeats asks twice, and one of insignificant changes once, whatever their number', async () => {
  for (const size of [10, 1_000]) {
    const significant = companies(size).map((company) => changeAt(company))
    await askedBy(significant)
    expect(await askedBy(significant)).toEqual(['insert webhook_events', 'find webhook_events'])
    const insignificant = companies(size).map((company) => changeAt(company, { type: 'person.email_change' }))
    expect(await askedBy(insignificant)).toEqual(['insert webhook_events'])
  }
})

test('an insignificant change costs one write, a change inside an open window three, and a repeat none', async () => {
  const writesOf = async (batch: ReturnType<typeof changeAt>[]) => {
    writes = 0
    await askedBy(batch)
    return writes
  }
  const open = companies(20)
  await askedBy(open.map((company) => changeAt(company)))
  expect(await writesOf(open.map((company) => changeAt(company, { type: 'person.email_change' })))).toBe(20)
  expect(await writesOf(open.map((company) => changeAt(company)))).toBe(60)
  const repeat = open.map((company) => changeAt(company))
  await askedBy(repeat)
  expect(await writesOf(repeat)).toBe(0)
})
