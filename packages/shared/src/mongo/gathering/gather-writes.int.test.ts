import { useFreshDatabase } from '@buyer-group/testing/mongo/use-fresh-database.ts'
import { beforeEach, expect, test } from 'vitest'
import { classifyError } from '../../errors/classify-error.ts'
import { createLogger } from '../../logging/create-logger.ts'
import { collectionsOf } from '../collections.ts'
import { migrate } from '../migrations/migrate.ts'
import { gatherWrites } from './gather-writes.ts'

const freshDatabase = useFreshDatabase()
const refreshLogs = () => collectionsOf(freshDatabase()).refreshLogs

beforeEach(() => migrate(freshDatabase(), createLogger('test', 'fatal')))

test('gathered writes tell each asker what became of its own: written, present, or refused', async () => {
  const log = gatherWrites(refreshLogs())
  const upsert = (commandId: string, more: object) => ({
    updateOne: {
      filter: { commandId, status: 'pending' as const },
      update: {
        $setOnInsert: {
          companyId: 'acme',
          workspaceId: 'default',
          reason: 'webhook' as const,
          triggeredBy: [],
          sequence: 1,
          startedAt: new Date(),
          ...more,
        },
      },
      upsert: true,
    },
  })
  await log({ insertOne: { document: { ...logOf('done'), status: 'completed' } } })

  const outcomes = await Promise.allSettled([
    log(upsert('first', {})),
    log(upsert('done', {})),
    log(upsert('odd', { sequence: 'no number' })),
    log(upsert('last', {})),
  ])
  expect(outcomes).toMatchObject([
    { status: 'fulfilled', value: 'written' },
    { status: 'fulfilled', value: 'present' },
    { status: 'rejected' },
    { status: 'fulfilled', value: 'written' },
  ])
  expect(outcomes[2]).toMatchObject({ reason: { name: 'MongoServerError', code: 121 } })
  expect(classifyError((outcomes[2] as PromiseRejectedResult).reason)).toMatchObject({ fate: 'unknown' })
  const stored = await refreshLogs()
    .find({}, { sort: { commandId: 1 } })
    .toArray()
  expect(stored.map(({ commandId }) => commandId)).toEqual(['done', 'first', 'last'])
})

test('gathered updates of which one matches nothing are all unsure, and take effect where they match', async () => {
  const log = gatherWrites(refreshLogs())
  const fail = (commandId: string) =>
    log({ updateOne: { filter: { commandId, status: 'processing' }, update: { $set: { status: 'failed' } } } })
  const begin = (commandId: string) => log({ insertOne: { document: { ...logOf(commandId), status: 'processing' } } })
  await Promise.all([begin('one'), begin('two')])
  expect(await Promise.all([fail('one'), fail('nobody'), begin('three')])).toEqual(['unsure', 'unsure', 'written'])
  expect(await Promise.all([fail('two'), fail('three')])).toEqual(['written', 'written'])
  const failed = await refreshLogs()
    .find({ status: 'failed' }, { sort: { commandId: 1 } })
    .toArray()
  expect(failed.map(({ commandId }) => commandId)).toEqual(['one', 'three', 'two'])
})

const logOf = (commandId: string) => ({
  commandId,
  companyId: 'acme',
  workspaceId: 'default',
  reason: 'webhook' as const,
  triggeredBy: [],
  sequence: 1,
  startedAt: new Date(),
})
