import { describe, expect, test } from 'vitest'
import type { EndOutcome, StoredStep } from '../../store/run-store.ts'
import { NO_KEYS, ODD_TEXTS } from './odd-texts.ts'
import { AT, ending, failure, HOLD_MS, nodeClaim, type RunStoreWorld, runOf, workerOn } from './world.ts'

const ROUNDS = 20
const ENDED: EndOutcome = { kind: 'ended' }
const MOVED: EndOutcome = { kind: 'moved' }
const byB = { token: 'worker-b' }

/** What a run that was begun as `runOf` says and has not ended is told to be. */
const BEGUN = { workflow: 'price-order', version: '1', input: '{"sku":"a"}' }
const RESUMED = { kind: 'resumed', hasFailed: false, ...BEGUN }

/** The part of the contract that is about runs: begin, end, restart, read. */
export function describeRuns(world: () => RunStoreWorld): void {
  describe('begins', () => {
    test('a run once, also for many workers at once; all but one find it begun', async () => {
      const { store, other } = world()
      for (let round = 0; round < ROUNDS; round += 1) {
        const begun = await Promise.all(
          Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? store : other).begin(runOf(`order-${round}`))),
        )
        expect(begun.filter(({ kind }) => kind === 'new')).toHaveLength(1)
        expect(begun.filter(({ kind }) => kind !== 'new')).toEqual(Array(5).fill(RESUMED))
      }
    })

    test('nothing anew where a run is under way: its workflow, version and input are told, and stay', async () => {
      const { store } = world()
      await store.begin(runOf('order'))
      const before = await store.read('order')
      const later = new Date(AT.getTime() + 1_000)
      const again = runOf('order', { version: '2', input: '{"sku":"b"}', workflow: 'other', at: later })
      expect(await store.begin(again)).toEqual(RESUMED)
      expect(await store.read('order')).toEqual(before)
    })

    test('a failed run anew once it is opened again, which keeps its finished nodes and no longer its error', async () => {
      const { store } = world()
      await store.begin(runOf('order'))
      await store.claim(nodeClaim())
      await store.complete(nodeClaim(), '[3]')
      await store.end(workerOn('order'), failure('provider_away'))
      expect(await store.begin(runOf('order'))).toEqual({ ...RESUMED, hasFailed: true })
      expect(await store.read('order')).toMatchObject({ status: 'failed', error: { code: 'provider_away' } })
      await store.reopen('order', '1')
      expect(await store.read('order')).toMatchObject({ status: 'running', error: null, completedAt: null })
      expect(await store.begin(runOf('order'))).toEqual(RESUMED)
      expect(await store.claim(nodeClaim(byB))).toEqual({ kind: 'finished', output: '[3]' })
    })

    test('and opens again nothing that has ended, or failed under another version', async () => {
      const { store } = world()
      await store.reopen('nobody', '1')
      await Promise.all([store.begin(runOf('ended')), store.begin(runOf('failed'))])
      await store.end(workerOn('ended'), ending())
      await store.end(workerOn('failed'), failure('away'))
      await store.reopen('ended', '1')
      await store.reopen('failed', '2')
      expect(await store.read('ended')).toMatchObject({ status: 'completed' })
      expect(await store.read('failed')).toMatchObject({ status: 'failed', error: { code: 'away' } })
    })

    test.each(NO_KEYS)('nothing under a key that is %s', async (_, key) => {
      const { store } = world()
      await expect(store.begin(runOf(key))).rejects.toMatchObject({ code: 'invalid_key', fate: 'permanent' })
    })

    test('nothing where a run has ended: its ending is told', async () => {
      const { store } = world()
      await store.begin(runOf('order'))
      const closed = ending({ status: 'superseded', steps: [step({ name: 'first' })] })
      await store.end(workerOn('order'), closed)
      const ended = { kind: 'ended', ...BEGUN, ending: closed }
      expect(await store.begin(runOf('order', { version: '2' }))).toEqual(ended)
      expect(await store.read('order')).toMatchObject({ status: 'superseded', version: '1' })
    })
  })

  describe('ends', () => {
    test('a run with the first final ending, which whoever was not first is told', async () => {
      const { store, other } = world()
      for (let round = 0; round < ROUNDS; round += 1) {
        const key = `order-${round}`
        await store.begin(runOf(key))
        const [one, two] = [ending({ output: '"one"' }), ending({ status: 'superseded', output: '"two"' })]
        const told = await Promise.all([store.end(workerOn(key), one), other.end(workerOn(key, byB), two)])
        const [first, second] = told[0].kind === 'ended' ? [one, two] : [two, one]
        const expected = { kind: 'ended_elsewhere', ending: first }
        expect(told).toEqual(first === one ? [ENDED, expected] : [expected, ENDED])
        expect(second).not.toEqual(first)
        expect(await store.read(key)).toMatchObject({ status: first.status, output: first.output })
      }
    })

    test('a run by one worker, also where two come to the same end in the same millisecond', async () => {
      const { store, other } = world()
      await store.begin(runOf('order'))
      expect(await store.end(workerOn('order'), ending())).toEqual(ENDED)
      expect(await other.end(workerOn('order', byB), ending())).toEqual({ kind: 'ended_elsewhere', ending: ending() })
      expect(await store.end(workerOn('order'), ending())).toEqual(ENDED)
    })

    test('a failed run for good where another worker completes it, and never the other way', async () => {
      const { store, other } = world()
      await store.begin(runOf('order'))
      expect(await store.end(workerOn('order'), failure('one'))).toEqual(ENDED)
      expect(await other.end(workerOn('order', byB), failure('two'))).toEqual(ENDED)
      expect(await other.end(workerOn('order', byB), ending())).toEqual(ENDED)
      const late = await store.end(workerOn('order'), failure('late'))
      expect(late).toEqual({ kind: 'ended_elsewhere', ending: ending() })
      expect(await store.read('order')).toMatchObject({ status: 'completed', error: null })
    })

    test('each of many runs at once with its own ending, also beside one that had ended', async () => {
      const { store } = world()
      const keys = Array.from({ length: 30 }, (_, i) => `order-${i}`)
      await Promise.all(keys.map((key) => store.begin(runOf(key))))
      await store.end(workerOn('order-7', byB), ending({ output: '"earlier"' }))
      const told = await Promise.all(
        keys.map((key) => store.end(workerOn(key), ending({ output: JSON.stringify(key) }))),
      )
      const expected = keys.map((key) => (key === 'order-7' ? '"earlier"' : JSON.stringify(key)))
      expect(told.map(({ kind }) => kind)).toEqual(keys.map((key) => (key === 'order-7' ? 'ended_elsewhere' : 'ended')))
      const stored = await Promise.all(keys.map((key) => store.read(key)))
      expect(stored.map((run) => run?.output)).toEqual(expected)
    })

    test('no run that was never begun', async () => {
      const { store } = world()
      await expect(store.end(workerOn('nobody'), ending())).rejects.toMatchObject({
        code: 'run_not_found',
        fate: 'retryable',
      })
      expect(await store.read('nobody')).toBeNull()
    })
  })

  describe('restarts', () => {
    test('a run for good: a worker of the old version neither ends it nor makes it a failed one', async () => {
      const { store, other } = world()
      await store.begin(runOf('order'))
      expect(await other.restart('order', '1', '2')).toBe(true)
      expect(await store.end(workerOn('order'), ending())).toEqual(MOVED)
      expect(await store.end(workerOn('order'), failure('late'))).toEqual(MOVED)
      expect(await store.read('order')).toMatchObject({ version: '2', status: 'running', error: null, output: null })
      expect(await other.end(workerOn('order', { ...byB, version: '2' }), ending())).toEqual(ENDED)
      expect(await store.end(workerOn('order'), ending({ output: '"late"' }))).toEqual(MOVED)
      expect(await store.read('order')).toMatchObject({ version: '2', output: ending().output })
    })

    test('a run without its workers: none of the old version claims, finishes or keeps a node any more', async () => {
      const { store, other } = world()
      await Promise.all([store.begin(runOf('order')), store.begin(runOf('neighbour'))])
      const [known, fresh] = [nodeClaim({ node: 'load' }), nodeClaim({ node: 'price' })]
      await store.claim(known)
      await other.restart('order', '1', '2')
      expect(await store.complete(known, '"late"')).toBe(false)
      const neighbour = nodeClaim({ run: 'neighbour' })
      const outcomes = await Promise.all([known, fresh, neighbour].map((claim) => store.claim(claim)))
      expect(outcomes).toEqual([MOVED, MOVED, { kind: 'claimed', interrupted: false }])
      for (const claim of [known, fresh]) {
        const next = { ...claim, version: '2', token: 'worker-b' }
        expect(await other.claim(next)).toEqual({ kind: 'claimed', interrupted: false })
        expect(await store.claim(claim)).toEqual(MOVED)
        await store.release(claim)
        expect(await other.complete(next, '"new"')).toBe(true)
        expect(await store.claim(claim)).toEqual(MOVED)
      }
    })

    test('a run, and back again: then it is the workers of the second version that have lost it', async () => {
      const { store } = world()
      await store.begin(runOf('order'))
      await store.restart('order', '1', '2')
      expect(await store.restart('order', '2', '1')).toBe(true)
      expect(await store.claim(nodeClaim({ version: '2' }))).toEqual(MOVED)
      expect(await store.claim(nodeClaim())).toEqual({ kind: 'claimed', interrupted: false })
    })

    describe('a run, and keeps of a step that must not be repeated', () => {
      const once = nodeClaim({ retryable: false })
      const next = { ...once, version: '2', token: 'worker-b' }

      test('what it returned', async () => {
        const { store } = world()
        await store.begin(runOf('order'))
        await store.claim(once)
        await store.complete(once, '"paid for"')
        await store.restart('order', '1', '2')
        expect(await store.claim(next)).toEqual({ kind: 'finished', output: '"paid for"' })
      })

      test('its claim, under which it may still be finished', async () => {
        const { store } = world()
        await store.begin(runOf('order'))
        await store.claim(once)
        await store.restart('order', '1', '2')
        expect(await store.claim(next)).toMatchObject({ kind: 'held' })
        expect(await store.complete(once, '"paid for"')).toBe(true)
        expect(await store.claim(next)).toEqual({ kind: 'finished', output: '"paid for"' })
      })

      test('that it was cut off', async () => {
        const { store, passTime } = world()
        await store.begin(runOf('order'))
        await store.claim(once)
        await store.restart('order', '1', '2')
        await passTime(HOLD_MS)
        expect(await store.claim(next)).toEqual({ kind: 'claimed', interrupted: true })
      })

      test('nothing that a worker of the old version asks for afterwards and gives back', async () => {
        const { store } = world()
        await store.begin(runOf('order'))
        await store.restart('order', '1', '2')
        expect(await store.claim(once)).toEqual(MOVED)
        await store.release(once)
        expect(await store.claim(next)).toEqual({ kind: 'claimed', interrupted: false })
      })
    })

    test('a run under another version, without what the nodes of the old one returned', async () => {
      const { store } = world()
      await store.begin(runOf('order'))
      await store.claim(nodeClaim())
      await store.complete(nodeClaim(), '[3]')
      expect(await store.restart('order', '1', '2')).toBe(true)
      expect(await store.begin(runOf('order'))).toMatchObject({ kind: 'resumed', version: '2' })
      expect(await store.claim(nodeClaim({ version: '2' }))).toEqual({ kind: 'claimed', interrupted: false })
    })

    test('a run once where several want it, and leaves what the nodes of the new version return', async () => {
      const { store, other } = world()
      for (let round = 0; round < ROUNDS; round += 1) {
        const key = `order-${round}`
        await store.begin(runOf(key))
        const won = await Promise.all([store.restart(key, '1', '2'), other.restart(key, '1', '2')])
        expect(won.toSorted()).toEqual([false, true])
        const node = nodeClaim({ run: key, version: '2' })
        await store.claim(node)
        await store.complete(node, '[4]')
        expect(await other.restart(key, '1', '2')).toBe(false)
        expect(await other.claim({ ...node, token: 'worker-b' })).toEqual({ kind: 'finished', output: '[4]' })
      }
    })

    test('neither a run that has ended nor one that was never begun', async () => {
      const { store } = world()
      await store.begin(runOf('order'))
      await store.end(workerOn('order'), ending())
      expect(await store.restart('order', '1', '2')).toBe(false)
      expect(await store.restart('nobody', '1', '2')).toBe(false)
      expect(await store.read('order')).toMatchObject({ version: '1', status: 'completed' })
    })

    test('a failed run, and nothing of other runs', async () => {
      const { store } = world()
      await Promise.all([store.begin(runOf('order')), store.begin(runOf('neighbour'))])
      const neighbour = nodeClaim({ run: 'neighbour' })
      await store.claim(neighbour)
      await store.complete(neighbour, '[5]')
      await store.end(workerOn('order'), failure('away'))
      expect(await store.restart('order', '1', '2')).toBe(true)
      expect(await store.read('order')).toMatchObject({ status: 'running', error: null, completedAt: null })
      expect(await store.claim({ ...neighbour, token: 'worker-b' })).toEqual({ kind: 'finished', output: '[5]' })
    })
  })

  describe('reads', () => {
    test('everything that is stored of a run, as it was given', async () => {
      const { store } = world()
      await store.begin(runOf('order'))
      const begun = { key: 'order', workflow: 'price-order', version: '1', input: '{"sku":"a"}', createdAt: AT }
      expect(await store.read('order')).toEqual({
        ...begun,
        status: 'running',
        output: null,
        error: null,
        steps: [],
        completedAt: null,
      })
      const steps = [
        step({ name: 'load', attempts: 3 }),
        step({ name: 'ask[1]', status: 'failed', error: { code: 'away', message: 'it is away' } }),
        ...(['memoised', 'skipped', 'cancelled'] as const).map((status) => step({ name: status, status })),
      ]
      const { at, ...how } = ending({ steps })
      await store.end(workerOn('order'), { at, ...how })
      expect(await store.read('order')).toEqual({ ...begun, ...how, completedAt: at })
      await store.begin(runOf('failing'))
      await store.end(workerOn('failing'), failure('away'))
      expect(await store.read('failing')).toMatchObject({
        status: 'failed',
        error: failure('away').error,
        output: null,
      })
    })

    test.each(ODD_TEXTS)('inputs, outputs, keys and names as they are: %s', async (_, text) => {
      const { store } = world()
      const [input, output] = [JSON.stringify({ [text]: [text] }), JSON.stringify(text)]
      await store.begin(runOf(text, { input, workflow: text, version: text }))
      const closed = ending({ output, steps: [step({ name: text, error: { code: text, message: text } })] })
      await store.end(workerOn(text, { version: text, token: text }), closed)
      const again = await store.end(workerOn(text, { version: text, token: text }), closed)
      expect(again).toEqual(ENDED)
      expect(await store.read(text)).toMatchObject({ key: text, workflow: text, version: text, input, output })
      expect(await store.begin(runOf(text))).toEqual({
        kind: 'ended',
        workflow: text,
        version: text,
        input,
        ending: closed,
      })
    })

    test.each([
      '',
      'null',
      '0',
      '-1.5e-7',
      '9007199254740993',
      '1e400',
      '"text"',
      '[]',
      '{}',
      '[[[null]]]',
      ' {"spaced" : 1}',
      '{"a":1,"a":2}',
      '{"__proto__":{"x":1},"10":1,"2":1}',
      '{"$where":"1","a.b":{"":1}}',
      `${'['.repeat(200)}${']'.repeat(200)}`,
    ])('the very JSON text that was given: %s', async (json) => {
      const { store } = world()
      await store.begin(runOf('order', { input: json }))
      await store.end(workerOn('order'), ending({ output: json }))
      expect(await store.read('order')).toMatchObject({ input: json, output: json })
    })
  })
}

const step = (more: Partial<StoredStep>): StoredStep => ({
  name: 'load',
  status: 'completed',
  startedAt: AT,
  duration: 12,
  attempts: 1,
  ...more,
})
