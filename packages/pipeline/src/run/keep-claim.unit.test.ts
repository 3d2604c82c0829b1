import { expect, test } from 'vitest'
import { createMemoryRunStore } from '../store/memory-run-store.ts'
import type { NodeClaim } from '../store/run-store.ts'
import { createTestClock } from '../test-kit/test-clock.ts'
import { keepClaim } from './keep-claim.ts'

const claim: NodeClaim = {
  run: 'run',
  version: '1',
  retryable: true,
  node: 'pay',
  idempotencyKey: 'key',
  token: 'first worker',
  at: new Date(),
  holdMs: 60_000,
}

test('a renewal that fails is made up for by the next one, and harms nothing', async () => {
  const clock = createTestClock()
  const memory = createMemoryRunStore({ clock })
  let renewals = 0
  const flaky = {
    ...memory,
    claim: async (claim: NodeClaim) => {
      renewals += 1
      if (renewals === 1) throw new Error('the store is away')
      return memory.claim(claim)
    },
  }
  await memory.claim(claim)
  const letGo = keepClaim(flaky, claim, clock)
  await clock.advance(90_000)
  expect(renewals).toBe(4)
  expect(await memory.claim({ ...claim, token: 'second worker' })).toMatchObject({ kind: 'held' })
  await letGo()
  expect(clock.pending).toBe(0)
})

test('a renewal that is under way has reached the store before the claim can be given back', async () => {
  const clock = createTestClock()
  const memory = createMemoryRunStore({ clock })
  const gate = Promise.withResolvers<void>()
  const slow = {
    ...memory,
    claim: async (claim: NodeClaim) => {
      await gate.promise
      return memory.claim(claim)
    },
  }
  await memory.claim(claim)
  const letGo = keepClaim(slow, claim, clock)
  await clock.advance(20_000)

  const givenBack = Promise.resolve(letGo()).then(() => memory.release(claim))
  await clock.settle()
  gate.resolve()
  await givenBack

  expect(await memory.claim({ ...claim, token: 'second worker' })).toEqual({ kind: 'claimed', interrupted: false })
  expect(clock.pending).toBe(0)
})
