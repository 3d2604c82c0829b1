import { randomUUID } from 'node:crypto'
import type { RunStore } from '@buyer-group/pipeline/store/run-store.ts'
import { ending, nodeClaim, runOf, workerOn } from '@buyer-group/pipeline/test-kit/run-store/world.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import { failCommand } from '@buyer-group/testing/faults/fail-command.ts'
import { startReplicaSet } from '@buyer-group/testing/faults/replica-set.ts'
import { expect, onTestFinished, test } from 'vitest'
import { createMongoRunStore } from '../create-mongo-run-store.ts'
import { openMigratedDatabase } from '../test-kit/migrated-database.ts'

const RUNS = 60

/** As the engine does: what failed because the database was away is done again, with the same token. */
async function untilThere<Result>(call: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (classifyError(error).fate !== 'unavailable') throw error
    }
  }
}

/** Two workers on one run of one node; returns what was stored as its output, and who executed the node. */
async function runTwice(store: RunStore, key: string, executed: string[]): Promise<unknown[]> {
  const work = async () => {
    const claim = nodeClaim({ run: key, token: randomUUID() })
    await untilThere(() => store.begin(runOf(key)))
    const claimed = await untilThere(() => store.claim(claim))
    if (claimed.kind === 'held') return 'held'
    if (claimed.kind === 'claimed') {
      expect(claimed.interrupted).toBe(false)
      executed.push(key)
      expect(await untilThere(() => store.complete(claim, JSON.stringify(claim.token)))).toBe(true)
    }
    const ours = ending({ output: JSON.stringify(claim.token) })
    const ended = await untilThere(() => store.end(workerOn(key, claim), ours))
    if (ended.kind === 'moved') throw new Error('nobody restarts it')
    return (ended.kind === 'ended' ? ours : ended.ending).output
  }
  return Promise.all([work(), work()])
}

test('runs go on where the primary steps down: each node is executed once, each run has one ending', async () => {
  const set = await startReplicaSet(onTestFinished, 3)
  const database = await openMigratedDatabase(set.uri)
  onTestFinished(() => database.close())
  const store = createMongoRunStore(database.db)
  const executed: string[] = []
  const keys = Array.from({ length: RUNS }, (_, i) => `order-${i}`)

  const before = await set.primary()
  const lanes = [0, 1, 2, 3].map(async (lane) => {
    for (const key of keys.filter((_, i) => i % 4 === lane)) {
      if (key === 'order-8')
        void before.command({ replSetStepDown: 30, secondaryCatchUpPeriodSecs: 10 }).catch(() => {})
      const outputs = new Set((await runTwice(store, key, executed)).filter((output) => output !== 'held'))
      expect(outputs.size).toBe(1)
      expect([...outputs]).toEqual([(await untilThere(() => store.read(key)))?.output])
    }
  })
  await Promise.all(lanes)
  expect((await set.primary()).host).not.toBe(before.host)
  expect(executed.toSorted()).toEqual(keys.toSorted())
}, 120_000)

test('every write is repeated by the driver where a primary refuses it or does not know that a majority has it', async () => {
  const set = await startReplicaSet(onTestFinished, 1)
  const database = await openMigratedDatabase(set.uri)
  onTestFinished(() => database.close())
  const store = createMongoRunStore(database.db)
  const stepsDown = { errorCode: 189 }
  const unsure = { writeConcernError: { code: 91, errmsg: 'shutting down' } }
  for (const [key, failure] of Object.entries({ stepsDown, unsure })) {
    const claim = nodeClaim({ run: key })
    const failing = async <Result>(
      call: () => Promise<Result>,
      failCommands = ['insert', 'update', 'findAndModify'],
    ) => {
      const { done } = await failCommand(await set.primary(), 1, { failCommands, ...failure })
      const result = await call()
      await done()
      return result
    }
    expect(await failing(() => store.begin(runOf(key)))).toEqual({ kind: 'new' })
    expect(await failing(() => store.claim(claim))).toEqual({ kind: 'claimed', interrupted: false })
    expect(await failing(() => store.complete(claim, '1'))).toBe(true)
    expect(await failing(() => store.restart(key, '1', '2'), ['commitTransaction'])).toBe(true)
    expect(await failing(() => store.end(workerOn(key, { version: '2' }), ending()))).toEqual({ kind: 'ended' })
  }
}, 120_000)
