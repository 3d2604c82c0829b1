import { describe, expect, test } from 'vitest'
import { ending, failure, nodeClaim, runOf, workerOn } from '../test-kit/run-store/world.ts'
import { describeRunStore } from '../test-kit/run-store-contract.ts'
import { createMemoryRunStore } from './memory-run-store.ts'

describeRunStore('memory', async () => {
  let now = Date.UTC(2026, 0, 1)
  const store = createMemoryRunStore({ clock: { now: () => now } })
  return {
    store,
    other: store,
    passTime: async (ms) => {
      now += ms
    },
  }
})

describe('a store in memory', () => {
  test('lets the run that ended first go once it is full', async () => {
    const store = createMemoryRunStore({ maxRuns: 2 })
    await store.begin(runOf('first'))
    await store.begin(runOf('second'))
    await store.end(workerOn('second'), ending())
    await store.end(workerOn('first'), ending())
    await store.begin(runOf('third'))
    expect(await store.read('second')).toBeNull()
    expect(await store.read('first')).toMatchObject({ status: 'completed' })
  })

  test('refuses another run where it is full of runs that have not ended, and keeps those', async () => {
    const store = createMemoryRunStore({ maxRuns: 2 })
    await store.begin(runOf('running'))
    await store.begin(runOf('failed'))
    await store.end(workerOn('failed'), failure('away'))
    await expect(store.begin(runOf('more'))).rejects.toMatchObject({ code: 'run_store_full', fate: 'unavailable' })
    expect(await store.begin(runOf('running'))).toMatchObject({ kind: 'resumed' })
    store.forget('running')
    expect(await store.begin(runOf('more'))).toEqual({ kind: 'new' })
  })

  test('forgets a run with what its nodes returned', async () => {
    const store = createMemoryRunStore()
    await store.begin(runOf('order'))
    await store.claim(nodeClaim({ run: 'order' }))
    await store.complete(nodeClaim({ run: 'order' }), '1')
    store.forget('order')
    expect(await store.begin(runOf('order'))).toEqual({ kind: 'new' })
    expect(await store.claim(nodeClaim({ run: 'order', token: 'b' }))).toEqual({ kind: 'claimed', interrupted: false })
  })
})
