import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ending, nodeClaim, runOf, workerOn } from '@buyer-group/pipeline/test-kit/run-store/world.ts'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createMongoRunStore } from '../create-mongo-run-store.ts'
import { openMigratedDatabase } from '../test-kit/migrated-database.ts'

let database: Awaited<ReturnType<typeof openMigratedDatabase>>

beforeAll(async () => {
  database = await openMigratedDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.empty())

/** Runs a worker to the middle of its second node, and kills it there. */
async function killWorker(holdMs: number): Promise<void> {
  const worker = spawn(process.execPath, [join(import.meta.dirname, '../test-kit/interrupted-worker.ts')], {
    env: { ...process.env, DATABASE: database.db.databaseName, HOLD_MS: String(holdMs) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await once(worker.stdout, 'data')
  expect(String(said)).toBe('claimed\n')
  worker.kill('SIGKILL')
  await once(worker, 'exit')
}

test('a worker that was killed is replaced: what it finished is taken, what it began is taken over', async () => {
  await killWorker(1_500)
  const store = createMongoRunStore(database.otherDb)
  expect(await store.begin(runOf('order'))).toMatchObject({ kind: 'resumed' })
  expect(await store.claim(nodeClaim({ node: 'first' }))).toEqual({ kind: 'finished', output: '"paid for"' })

  // It is the claim's own time that has to pass here, by the database's clock.
  const second = nodeClaim({ node: 'second' })
  const ask = async () => {
    const outcome = await store.claim(second)
    return outcome.kind !== 'held' && outcome
  }
  const claimed = await vi.waitUntil(ask, { timeout: 15_000 })
  expect(claimed).toEqual({ kind: 'claimed', interrupted: true })
  expect(await store.complete(second, '2')).toBe(true)
  expect(await store.end(workerOn('order'), ending())).toEqual({ kind: 'ended' })
}, 20_000)

test('a worker that was killed keeps its node for as long as it asked for', async () => {
  await killWorker(600_000)
  const outcome = await createMongoRunStore(database.otherDb).claim(nodeClaim({ node: 'second' }))
  expect(outcome).toEqual({ kind: 'held', forMs: expect.any(Number) })
  expect(outcome.kind === 'held' && outcome.forMs).toBeGreaterThan(500_000)
})

test('a worker that was killed between its last node and the end is resumed without a node being executed', async () => {
  const nodes = ['first', 'second'].map((node) => nodeClaim({ node }))
  const killed = createMongoRunStore(database.db)
  await killed.begin(runOf('order'))
  for (const node of nodes) {
    await killed.claim(node)
    await killed.complete(node, '1')
  }
  const store = createMongoRunStore(database.otherDb)
  expect(await store.begin(runOf('order'))).toMatchObject({ kind: 'resumed' })
  const outcomes = await Promise.all(nodes.map((node) => store.claim({ ...node, token: 'next' })))
  expect(outcomes.map(({ kind }) => kind)).toEqual(['finished', 'finished'])
  expect(await store.end(workerOn('order'), ending())).toEqual({ kind: 'ended' })
})
