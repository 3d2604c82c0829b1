import { ending, nodeClaim, runOf, workerOn } from '@buyer-group/pipeline/test-kit/run-store/world.ts'
import { describeRunStore } from '@buyer-group/pipeline/test-kit/run-store-contract.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMongoRunStore } from './create-mongo-run-store.ts'
import { openMigratedDatabase, passTime } from './test-kit/migrated-database.ts'

let database: Awaited<ReturnType<typeof openMigratedDatabase>>

beforeAll(async () => {
  database = await openMigratedDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.empty())

describeRunStore('MongoDB', async () => ({
  store: createMongoRunStore(database.db),
  other: createMongoRunStore(database.otherDb),
  passTime: (ms) => passTime(database.db, ms),
}))

const DAY_MS = 24 * 60 * 60 * 1_000
const operation = () => database.collections.pipelineOperations.findOne({}, { projection: { _id: 0 } })

describe('the record of a run in MongoDB', () => {
  test('shows input and output as documents, how long it took, and until when it is kept', async () => {
    const store = createMongoRunStore(database.db)
    const { at, ...run } = runOf('order', { input: '{"sku":"a","amount":2.5,"tags":["x"]}' })
    await store.begin({ ...run, at })
    expect(await operation()).toEqual({
      idempotencyKey: 'order',
      pipelineName: 'price-order',
      pipelineVersion: '1',
      input: { sku: 'a', amount: 2.5, tags: ['x'] },
      status: 'running',
      steps: [],
      createdAt: at,
      expiresAt: new Date(at.getTime() + 90 * DAY_MS),
    })
    await store.end(workerOn('order'), ending({ output: '{"total":3}', at: new Date(at.getTime() + 1_250) }))
    expect(await operation()).toMatchObject({ status: 'completed', output: { total: 3 }, duration: 1_250 })
    expect(await operation()).not.toHaveProperty('outputText')
  })

  test('shows what the application says of an output, and gives the engine the output itself', async () => {
    const describeOutput = (output: unknown, status: string) => ({ status, members: (output as unknown[]).length })
    const store = createMongoRunStore(database.db, { describeOutput })
    await store.begin(runOf('order'))
    await store.end(workerOn('order'), ending({ status: 'superseded', output: '["ann","bob"]' }))
    expect(await operation()).toMatchObject({ output: { status: 'superseded', members: 2 } })
    expect(await store.read('order')).toMatchObject({ output: '["ann","bob"]' })
  })

  test('counts the steps beyond those that it keeps, and shortens what they say', async () => {
    const store = createMongoRunStore(database.db)
    const error = { code: 'away', message: '€'.repeat(10_000) }
    const step = {
      name: '€'.repeat(200),
      status: 'failed',
      startedAt: new Date(),
      duration: 1,
      attempts: 1,
      error,
    } as const
    const large = JSON.stringify('x'.repeat(2 * 1_024 * 1_024 - 2))
    await store.begin(runOf('order', { input: large }))
    await store.end(workerOn('order'), ending({ output: `[${large},""]`, steps: Array(2_500).fill(step) }))
    const stored = await operation()
    expect(stored?.steps).toHaveLength(2_000)
    expect(stored?.stepsOmitted).toBe(500)
    expect(stored?.steps[0]?.error?.message).toHaveLength(500)
  })

  test('and what a node returned are refused where they would not fit a document', async () => {
    const store = createMongoRunStore(database.db)
    const tooLarge = JSON.stringify('€'.repeat(1_400_000))
    const refused = { code: 'output_too_large', fate: 'permanent' }
    await store.begin(runOf('order'))
    await store.claim(nodeClaim())
    await expect(store.complete(nodeClaim(), tooLarge)).rejects.toMatchObject(refused)
    await expect(store.end(workerOn('order'), ending({ output: tooLarge }))).rejects.toMatchObject(refused)
    const odd = store.begin(runOf('other', { input: tooLarge }))
    await expect(odd).rejects.toMatchObject({ code: 'input_too_large', fate: 'permanent' })
    expect(await store.read('other')).toBeNull()
  })
})

describe('what nodes returned in MongoDB', () => {
  test('is kept for as long as was said after the node finished, and never shorter than it is held', async () => {
    const store = createMongoRunStore(database.db, { resultsKeptMs: 2 * DAY_MS })
    const expiresInDays = async () => {
      const expiry = { $divide: [{ $subtract: ['$expiresAt', '$$NOW'] }, DAY_MS] }
      const [doc] = await database.collections.pipelineStepResults.aggregate([{ $project: { expiry } }]).toArray()
      return Math.round(doc?.expiry)
    }
    await store.claim(nodeClaim({ holdMs: 5 * DAY_MS }))
    expect(await expiresInDays()).toBe(5)
    await store.complete(nodeClaim(), '1')
    expect(await expiresInDays()).toBe(2)
  })
})

describe('the times of a node in MongoDB', () => {
  const at = (second: number) => new Date(Date.UTC(2101, 0, 1, 0, 0, second))
  const node = () => database.collections.pipelineStepResults.findOne({})

  test('are when its holder claimed it first and when it was finished, however often it was claimed', async () => {
    const store = createMongoRunStore(database.db)
    await store.claim(nodeClaim({ at: at(1) }))
    await store.claim(nodeClaim({ at: at(20) }))
    expect(await node()).toMatchObject({ startedAt: at(1) })
    await store.complete(nodeClaim({ at: at(30) }), '1')
    await store.complete(nodeClaim({ at: at(40) }), '1')
    expect(await node()).toMatchObject({ startedAt: at(1), completedAt: at(30) })
  })

  test('begin anew where it was given back or taken over', async () => {
    const store = createMongoRunStore(database.db)
    await store.claim(nodeClaim({ at: at(1) }))
    await store.release(nodeClaim())
    await store.claim(nodeClaim({ at: at(2) }))
    expect(await node()).toMatchObject({ startedAt: at(2) })
    await passTime(database.db, nodeClaim().holdMs)
    await store.claim(nodeClaim({ at: at(3), token: 'worker-b' }))
    expect(await node()).toMatchObject({ startedAt: at(3) })
  })
})

describe('nodes side by side', () => {
  const claims = Array.from({ length: 80 }, (_, i) => nodeClaim({ run: `order-${i}`, token: `worker-${i}` }))

  test('share one round trip to be claimed and one to be finished', async () => {
    const store = createMongoRunStore(database.db)
    const commands = database.watchCommands()
    const outcomes = await Promise.all(claims.map((claim) => store.claim(claim)))
    expect(outcomes).toEqual(claims.map(() => ({ kind: 'claimed', interrupted: false })))
    expect(commands.map(({ commandName }) => commandName)).toEqual(['update'])
    expect(await Promise.all(claims.map((claim) => store.complete(claim, '1')))).toEqual(claims.map(() => true))
    expect(commands.map(({ commandName }) => commandName)).toEqual(['update', 'update'])
  })

  test('each hear of their own, whatever became of the others', async () => {
    const store = createMongoRunStore(database.db)
    const [mine = nodeClaim(), held = nodeClaim(), finished = nodeClaim(), fresh = nodeClaim()] = claims
    await Promise.all([mine, finished].map((claim) => store.claim(claim)))
    await store.claim({ ...held, token: 'another' })
    await store.complete(finished, '"done"')
    expect(await Promise.all([fresh, held, mine, finished].map((claim) => store.claim(claim)))).toMatchObject([
      { kind: 'claimed', interrupted: false },
      { kind: 'held' },
      { kind: 'claimed', interrupted: false },
      { kind: 'finished', output: '"done"' },
    ])
    const completed = [fresh, held, mine, finished].map((claim) => store.complete(claim, '"new"'))
    expect(await Promise.all(completed)).toEqual([true, false, true, true])
  })
})

describe('runs side by side', () => {
  const keys = Array.from({ length: 80 }, (_, i) => `order-${i}`)

  test('share one round trip to begin and one to end', async () => {
    const store = createMongoRunStore(database.db)
    const commands = database.watchCommands()
    await Promise.all(keys.map((key) => store.begin(runOf(key))))
    expect(commands.map(({ commandName }) => commandName)).toEqual(['insert'])
    await Promise.all(keys.map((key) => store.end(workerOn(key), ending())))
    expect(commands.map(({ commandName }) => commandName)).toEqual(['insert', 'update'])
  })

  test('that were begun before share one more to be read', async () => {
    const store = createMongoRunStore(database.db)
    await Promise.all(keys.map((key) => store.begin(runOf(key))))
    const commands = database.watchCommands()
    const begun = await Promise.all(keys.map((key) => store.begin(runOf(key))))
    expect(begun.every(({ kind }) => kind === 'resumed')).toBe(true)
    expect(commands.map(({ commandName }) => commandName)).toEqual(['insert', 'find'])
  })
})

test('every write waits until a majority has it in its journal', async () => {
  const store = createMongoRunStore(database.db)
  const commands = database.watchCommands()
  await store.begin(runOf('order'))
  await store.claim(nodeClaim())
  await store.complete(nodeClaim(), '1')
  await store.release(nodeClaim())
  await store.restart('order', '1', '2')
  await store.end(workerOn('order'), ending())
  const writes = commands.filter(({ command }) => command.txnNumber !== undefined && command.autocommit === undefined)
  expect(writes.map(({ commandName }) => commandName)).toEqual(['insert', ...Array(4).fill('update')])
  const commits = commands.filter(({ commandName }) => commandName === 'commitTransaction')
  expect(commits).toHaveLength(1)
  for (const { command } of [...writes, ...commits])
    expect(command.writeConcern).toMatchObject({ w: 'majority', j: true })
})
