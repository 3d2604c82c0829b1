import type { RunStore } from '@buyer-group/pipeline/store/run-store.ts'
import { ending, failure, nodeClaim, runOf, workerOn } from '@buyer-group/pipeline/test-kit/run-store/world.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import { startTcpProxy, type TcpProxy } from '@buyer-group/testing/faults/tcp-proxy.ts'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createMongoRunStore } from '../create-mongo-run-store.ts'
import { openMigratedDatabase } from '../test-kit/migrated-database.ts'

let database: Awaited<ReturnType<typeof openMigratedDatabase>>

beforeAll(async () => {
  database = await openMigratedDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.empty())

/** A store behind a network that can lose answers; its driver repeats nothing, so that the engine has to. */
async function openBehindProxy(): Promise<{ store: RunStore; proxy: TcpProxy }> {
  const [host = ''] = new URL(process.env.MONGODB_URI ?? '').host.split(',')
  const proxy = await startTcpProxy(onTestFinished, Number(host.split(':')[1]))
  const client = new MongoClient(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true&retryWrites=false`)
  onTestFinished(() => client.close())
  const db = client.db(database.db.databaseName)
  await db.command({ ping: 1 })
  return { store: createMongoRunStore(db), proxy }
}

/** Does a call whose write takes effect and whose answer never comes; fails unless it is known to be worth a repeat. */
async function loseAnswer(proxy: TcpProxy, call: () => Promise<unknown>, tookEffect: () => Promise<boolean>) {
  await proxy.set('dropAcknowledgements')
  const outcome = call().then(
    () => expect.unreachable('the answer came'),
    (error: unknown) => classifyError(error),
  )
  await vi.waitUntil(tookEffect, { timeout: 10_000 })
  await proxy.set('reset')
  expect(await outcome).toMatchObject({ code: 'mongodb_unavailable', fate: 'unavailable' })
  await proxy.set('pass')
}

const operation = () => database.collections.pipelineOperations.findOne({})
const node = () => database.collections.pipelineStepResults.findOne({})

describe('where the connection drops between a write and its answer', () => {
  test('a claim that is repeated with its token is held, and by nobody else', async () => {
    const { store, proxy } = await openBehindProxy()
    await loseAnswer(
      proxy,
      () => store.claim(nodeClaim()),
      async () => (await node()) !== null,
    )
    expect(await store.claim(nodeClaim())).toEqual({ kind: 'claimed', interrupted: false })
    expect(await store.claim(nodeClaim({ token: 'worker-b' }))).toMatchObject({ kind: 'held' })
  })

  test('an output that is told again is taken', async () => {
    const { store, proxy } = await openBehindProxy()
    await store.claim(nodeClaim())
    const stored = async () => (await node())?.output !== undefined
    await loseAnswer(proxy, () => store.complete(nodeClaim(), '"paid for"'), stored)
    expect(await store.complete(nodeClaim(), '"paid for"')).toBe(true)
    expect(await store.claim(nodeClaim({ token: 'worker-b' }))).toEqual({ kind: 'finished', output: '"paid for"' })
  })

  test('a run that is begun again is resumed', async () => {
    const { store, proxy } = await openBehindProxy()
    await loseAnswer(
      proxy,
      () => store.begin(runOf('order')),
      async () => (await operation()) !== null,
    )
    expect(await store.begin(runOf('order'))).toEqual({
      kind: 'resumed',
      hasFailed: false,
      workflow: 'price-order',
      version: '1',
      input: runOf('order').input,
    })
  })

  test.each([ending(), failure('away')])('a run that is ended again has that ending: $status', async (told) => {
    const { store, proxy } = await openBehindProxy()
    await store.begin(runOf('order'))
    const ended = async () => (await operation())?.status === told.status
    await loseAnswer(proxy, () => store.end(workerOn('order'), told), ended)
    expect(await store.end(workerOn('order'), told)).toEqual({ kind: 'ended' })
  })
})
