import { expect, test } from 'vitest'
import { createMemoryRunStore } from '../store/memory-run-store.ts'
import type { NodeClaim } from '../store/run-store.ts'
import { createTestClock } from '../test-kit/test-clock.ts'
import { keepClaim } from './keep-claim.ts'

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
  const claim: NodeClaim = {
    run: 'run',
    version: '1',
    retryable: true,
    node: 'pay',
    idempotencyKey: 'key',
    token: 'first worker',
    at: new Date(clock.now()),
    holdMs: 60_000,
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
