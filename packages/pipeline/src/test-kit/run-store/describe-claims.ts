import { describe, expect, test } from 'vitest'
import type { ClaimOutcome, NodeClaim } from '../../store/run-store.ts'
import { NO_KEYS, ODD_TEXTS } from './odd-texts.ts'
import { ending, failure, HOLD_MS, nodeClaim, type RunStoreWorld, runOf, workerOn } from './world.ts'

const ROUNDS = 30
const WORKERS = 4
const CLAIMED: ClaimOutcome = { kind: 'claimed', interrupted: false }
const TAKEN_OVER: ClaimOutcome = { kind: 'claimed', interrupted: true }

const byB = (more: Partial<NodeClaim> = {}) => nodeClaim({ token: 'worker-b', ...more })
const byC = (more: Partial<NodeClaim> = {}) => nodeClaim({ token: 'worker-c', ...more })

/** The part of the contract that is about nodes: claim, complete, release. */
export function describeClaims(world: () => RunStoreWorld): void {
  describe('lets one worker at a time execute a node', () => {
    test('of many that ask at once, round after round', async () => {
      const { store, other } = world()
      for (let round = 0; round < ROUNDS; round += 1) {
        const node = { node: `node-${round}` }
        const claims = Array.from({ length: WORKERS }, (_, i) => nodeClaim({ ...node, token: `worker-${i}` }))
        const outcomes = await Promise.all(claims.map((claim, i) => (i % 2 === 0 ? store : other).claim(claim)))
        expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['claimed', 'held', 'held', 'held'])
        expect(outcomes).toContainEqual(CLAIMED)
      }
    })

    test('of many that ask at once for what a dead worker left, round after round', async () => {
      const { store, other, passTime } = world()
      const nodes = Array.from({ length: ROUNDS }, (_, round) => ({ node: `node-${round}` }))
      await Promise.all(nodes.map((node) => store.claim(nodeClaim(node))))
      await passTime(HOLD_MS)
      for (const node of nodes) {
        const outcomes = await Promise.all([store.claim(byB(node)), other.claim(byC(node))])
        expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['claimed', 'held'])
        expect(outcomes).toContainEqual(TAKEN_OVER)
      }
    })

    test('until its time is over by the clock of the store, whatever the clocks of the workers say', async () => {
      const { store, passTime } = world()
      const [past, future] = [new Date('1971-01-01'), new Date('2238-01-01')]
      expect(await store.claim(nodeClaim({ at: past }))).toEqual(CLAIMED)
      const held = await store.claim(byB({ at: future }))
      expect(held).toEqual({ kind: 'held', forMs: expect.any(Number) })
      expect(forMsOf(held)).toBeGreaterThan(HOLD_MS - 30_000)
      expect(forMsOf(held)).toBeLessThanOrEqual(HOLD_MS)
      await passTime(HOLD_MS / 2)
      expect(forMsOf(await store.claim(byB({ at: future })))).toBeLessThanOrEqual(HOLD_MS / 2)
      await passTime(HOLD_MS / 2)
      expect(await store.claim(byB({ at: past }))).toEqual(TAKEN_OVER)
    })

    test('longer where it asks again with its token', async () => {
      const { store, passTime } = world()
      await store.claim(nodeClaim())
      await passTime(HOLD_MS / 2)
      expect(await store.claim(nodeClaim())).toEqual(CLAIMED)
      await passTime(HOLD_MS / 2)
      expect(await store.claim(byB())).toMatchObject({ kind: 'held' })
      await passTime(HOLD_MS / 2)
      expect(await store.claim(byB())).toEqual(TAKEN_OVER)
    })

    test('again after its own time is over, where nobody took over', async () => {
      const { store, passTime } = world()
      await store.claim(nodeClaim())
      await passTime(HOLD_MS * 2)
      expect(await store.claim(nodeClaim())).toEqual(CLAIMED)
      expect(await store.claim(byB())).toMatchObject({ kind: 'held' })
    })

    test.each(['run', 'version', 'node', 'idempotencyKey'] as const)('and minds the %s', async (part) => {
      const { store } = world()
      await store.claim(nodeClaim())
      await store.complete(nodeClaim(), '1')
      expect(await store.claim(byB({ [part]: 'another' }))).toEqual(CLAIMED)
      expect(await store.claim(byB())).toEqual({ kind: 'finished', output: '1' })
    })

    test.each(NO_KEYS)('and takes none under a key that is %s', async (_, text) => {
      const { store } = world()
      const good = store.claim(nodeClaim())
      for (const part of ['run', 'version', 'node', 'idempotencyKey'] as const) {
        const refused = { code: 'invalid_key', fate: 'permanent' }
        await expect(store.claim(nodeClaim({ [part]: text }))).rejects.toMatchObject(refused)
      }
      expect(await good).toEqual(CLAIMED)
    })

    test('and takes no two nodes for one whose parts only look alike when put together', async () => {
      const { store } = world()
      const alike = [
        { node: 'a\u0000b', idempotencyKey: 'c' },
        { node: 'a', idempotencyKey: 'b\u0000c' },
        { node: 'ab', idempotencyKey: 'c' },
        { node: 'a', idempotencyKey: 'bc' },
        { version: '11', node: '2', idempotencyKey: '3' },
        { version: '1', node: '12', idempotencyKey: '3' },
      ]
      for (const id of alike) expect(await store.claim(nodeClaim(id))).toEqual(CLAIMED)
    })
  })

  describe('tells of a worker that was cut off', () => {
    test('also where one that took over gave the node back: the first may have had its effect', async () => {
      const { store, passTime } = world()
      await store.claim(nodeClaim())
      await passTime(HOLD_MS)
      expect(await store.claim(byB())).toEqual(TAKEN_OVER)
      expect(await store.claim(byB())).toEqual(TAKEN_OVER)
      await store.release(byB())
      expect(await store.claim(byC())).toEqual(TAKEN_OVER)
    })

    test('and refuses its output and its release once another took over', async () => {
      const { store, passTime } = world()
      await store.claim(nodeClaim())
      await passTime(HOLD_MS)
      await store.claim(byB())
      expect(await store.complete(nodeClaim(), '"late"')).toBe(false)
      await store.release(nodeClaim())
      expect(await store.claim(byC())).toMatchObject({ kind: 'held' })
      expect(await store.complete(byB(), '"new"')).toBe(true)
      expect(await store.complete(nodeClaim(), '"later"')).toBe(false)
      expect(await store.claim(nodeClaim())).toEqual({ kind: 'finished', output: '"new"' })
    })

    test('and takes its output where nobody took over: what was paid for is not lost', async () => {
      const { store, passTime } = world()
      await store.claim(nodeClaim())
      await passTime(HOLD_MS * 2)
      expect(await store.complete(nodeClaim(), '"slow"')).toBe(true)
      expect(await store.claim(byB())).toEqual({ kind: 'finished', output: '"slow"' })
    })
  })

  describe('keeps what a node returned', () => {
    test('for everyone who asks for it, for good', async () => {
      const { store, other, passTime } = world()
      await store.claim(nodeClaim())
      expect(await store.complete(nodeClaim(), '{"price":3}')).toBe(true)
      await passTime(HOLD_MS * 2)
      for (const claim of [nodeClaim(), byB()]) {
        expect(await other.claim(claim)).toEqual({ kind: 'finished', output: '{"price":3}' })
      }
    })

    test('the first time it is told, and says so again where the telling is repeated', async () => {
      const { store } = world()
      await store.claim(nodeClaim())
      expect(await store.complete(nodeClaim(), '1')).toBe(true)
      expect(await store.complete(nodeClaim(), '2')).toBe(true)
      expect(await store.claim(byB())).toEqual({ kind: 'finished', output: '1' })
    })

    test('also where it returned nothing', async () => {
      const { store } = world()
      await store.claim(nodeClaim())
      expect(await store.complete(nodeClaim(), '')).toBe(true)
      expect(await store.claim(byB())).toEqual({ kind: 'finished', output: '' })
    })

    test('and nothing of a node that was never claimed', async () => {
      const { store } = world()
      expect(await store.complete(nodeClaim(), '1')).toBe(false)
      expect(await store.claim(nodeClaim())).toEqual(CLAIMED)
    })

    test('also where the run has failed or ended meanwhile', async () => {
      const { store } = world()
      await store.begin(runOf('order'))
      await store.claim(nodeClaim())
      await store.end(workerOn('order'), failure('elsewhere'))
      expect(await store.complete(nodeClaim(), '1')).toBe(true)
      await store.end(workerOn('order'), ending())
      expect(await store.claim(byB())).toEqual({ kind: 'finished', output: '1' })
    })

    test('as it is, a megabyte of it too', async () => {
      const { store } = world()
      const output = JSON.stringify({ text: 'ä"\n€'.repeat(120_000), list: Array(20_000).fill(0.5) })
      expect(Buffer.byteLength(output)).toBeGreaterThan(1_000_000)
      await store.begin(runOf('order', { input: output }))
      await store.claim(nodeClaim())
      await store.complete(nodeClaim(), output)
      const finished = await store.claim(byB())
      expect(finished.kind === 'finished' && finished.output === output).toBe(true)
      await store.end(workerOn('order'), ending({ output }))
      const run = await store.read('order')
      expect([run?.output === output, run?.input === output]).toEqual([true, true])
    })

    test.each(ODD_TEXTS)('under keys and names as they are: %s', async (_, text) => {
      const { store } = world()
      const odd = { run: text, version: text, node: text, idempotencyKey: text }
      const output = JSON.stringify({ [text]: text })
      expect(await store.claim(nodeClaim({ ...odd, token: text }))).toEqual(CLAIMED)
      expect(await store.complete(nodeClaim({ ...odd, token: text }), output)).toBe(true)
      expect(await store.claim(byB(odd))).toEqual({ kind: 'finished', output })
    })
  })

  describe('takes a node back', () => {
    test('after an attempt that failed, at once and for anyone', async () => {
      const { store } = world()
      await store.claim(nodeClaim())
      await store.release(nodeClaim())
      expect(await store.complete(nodeClaim(), '"given back"')).toBe(false)
      expect(await store.claim(byB())).toEqual(CLAIMED)
      await store.release(nodeClaim())
      expect(await store.claim(byC())).toMatchObject({ kind: 'held' })
    })

    test('but nothing that is finished, and nothing that nobody claimed', async () => {
      const { store } = world()
      await store.release(nodeClaim())
      await store.claim(nodeClaim())
      await store.complete(nodeClaim(), '1')
      await store.release(nodeClaim())
      expect(await store.complete(nodeClaim(), '2')).toBe(true)
      expect(await store.claim(byB())).toEqual({ kind: 'finished', output: '1' })
    })
  })
}

function forMsOf(outcome: ClaimOutcome): number {
  if (outcome.kind !== 'held') throw new Error(`the node is ${outcome.kind}, not held`)
  return outcome.forMs
}
