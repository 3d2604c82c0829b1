import { describe, expect, test } from 'vitest'
import type { StoredStep } from '../../store/run-store.ts'
import { ODD_TEXTS } from './odd-texts.ts'
import { AT, ending, failure, nodeClaim, type RunStoreWorld, runOf } from './world.ts'

const ROUNDS = 20

/** What a run that was begun as `runOf` says and has not ended is told to be. */
const RESUMED = { kind: 'resumed', workflow: 'price-order', version: '1', input: '{"sku":"a"}' }

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

    test('a failed run anew, which keeps its finished nodes and no longer its error', async () => {
      const { store } = world()
      await store.begin(runOf('order'))
      await store.claim(nodeClaim())
      await store.complete(nodeClaim(), '[3]')
      await store.end('order', failure('provider_away'))
      expect(await store.begin(runOf('order'))).toEqual(RESUMED)
      expect(await store.read('order')).toMatchObject({ status: 'running', error: null, completedAt: null })
      expect(await store.claim(nodeClaim({ token: 'worker-b' }))).toEqual({ kind: 'finished', output: '[3]' })
    })

    test('nothing where a run has ended: its ending is told', async () => {
      const { store } = world()
      await store.begin(runOf('order'))
      const closed = ending({ status: 'superseded', steps: [step({ name: 'first' })] })
      await store.end('order', closed)
      const ended = { ...RESUMED, kind: 'ended', ending: closed }
      expect(await store.begin(runOf('order', { version: '2' }))).toEqual(ended)
      expect(await store.read('order')).toMatchObject({ status: 'superseded', version: '1' })
    })
  })

  describe('ends', () => {
    test('a run with the first final ending, which all who end it are told', async () => {
      const { store, other } = world()
      for (let round = 0; round < ROUNDS; round += 1) {
        const key = `order-${round}`
        await store.begin(runOf(key))
        const [one, two] = [ending({ output: '"one"' }), ending({ status: 'superseded', output: '"two"' })]
        const [toldOne, toldTwo] = await Promise.all([store.end(key, one), other.end(key, two)])
        expect(toldOne).toEqual(toldTwo)
        expect([one, two]).toContainEqual(toldOne)
        expect(await store.read(key)).toMatchObject({ status: toldOne.status, output: toldOne.output })
      }
    })

    test('a failed run for good where another worker completes it, and never the other way', async () => {
      const { store, other } = world()
      await store.begin(runOf('order'))
      expect(await store.end('order', failure('one'))).toEqual(failure('one'))
      expect(await other.end('order', failure('two'))).toEqual(failure('two'))
      expect(await other.end('order', ending())).toEqual(ending())
      expect(await store.end('order', failure('late'))).toEqual(ending())
      expect(await store.read('order')).toMatchObject({ status: 'completed', error: null })
    })

    test('each of many runs at once with its own ending, also beside one that had ended', async () => {
      const { store } = world()
      const keys = Array.from({ length: 30 }, (_, i) => `order-${i}`)
      await Promise.all(keys.map((key) => store.begin(runOf(key))))
      await store.end('order-7', ending({ output: '"earlier"' }))
      const told = await Promise.all(keys.map((key) => store.end(key, ending({ output: JSON.stringify(key) }))))
      const expected = keys.map((key) => (key === 'order-7' ? '"earlier"' : JSON.stringify(key)))
      expect(told.map(({ output }) => output)).toEqual(expected)
      const stored = await Promise.all(keys.map((key) => store.read(key)))
      expect(stored.map((run) => run?.output)).toEqual(expected)
    })

    test('no run that was never begun', async () => {
      const { store } = world()
      await expect(store.end('nobody', ending())).rejects.toMatchObject({ code: 'run_not_found', fate: 'retryable' })
      expect(await store.read('nobody')).toBeNull()
    })
  })

  describe('restarts', () => {
    test('a run under another version, without what the nodes of the old one returned', async () => {
      const { store } = world()
      await store.begin(runOf('order'))
      await store.claim(nodeClaim())
      await store.complete(nodeClaim(), '[3]')
      expect(await store.restart('order', '1', '2')).toBe(true)
      expect(await store.begin(runOf('order'))).toMatchObject({ kind: 'resumed', version: '2' })
      for (const version of ['2', '1']) {
        expect(await store.claim(nodeClaim({ version }))).toEqual({ kind: 'claimed', interrupted: false })
      }
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
      await store.end('order', ending())
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
      await store.end('order', failure('away'))
      expect(await store.restart('order', '1', '2')).toBe(true)
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
      await store.end('order', { at, ...how })
      expect(await store.read('order')).toEqual({ ...begun, ...how, completedAt: at })
      await store.begin(runOf('failing'))
      await store.end('failing', failure('away'))
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
      await store.end(text, closed)
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
      await store.end('order', ending({ output: json }))
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
