import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { done, retry } from '@buyer-group/shared/outcomes/verdict.ts'
import { describe, expect, test } from 'vitest'
import { numbered, type OpenWorld, only, type RunnerMode, soon, textOf } from './consumer-runner-world.ts'

const HOUR_MS = 3_600_000

/** What a runner does with what fails: wait, try again later, or give up. */
export function describeRetries(adapter: string, open: OpenWorld): void {
  const collecting = (seen: string[]): RunnerMode => ({
    kind: 'perKey',
    concurrency: 8,
    handle: async ({ value, attempt }) => {
      seen.push(`${value} ${attempt}`)
      return done
    },
  })

  describe(`retries of a runner over ${adapter}`, () => {
    test('a message that fails goes through every retry topic with bytes, key and headers, then to the dead letters', async () => {
      const world = await open({ partitions: 1 })
      const attempts: string[] = []
      await world.start(
        {
          kind: 'perKey',
          concurrency: 4,
          handle: async ({ value, attempt, isLastAttempt }) => {
            if (value === 'other') return done
            attempts.push(`${attempt}${isLastAttempt ? ' last' : ''}`)
            if (attempt === 2) throw new TypeError('names Jane Doe')
            return retry('contended', 'somebody was faster')
          },
        },
        { retryDelaysMs: [20, 20] },
      )
      await world.send(only(world), [
        { key: 'k', value: 'failing', headers: { kept: 'yes' } },
        { key: 'k', value: 'other' },
      ])
      await expect.poll(async () => (await world.deadLettersOf(only(world))).length, soon).toBe(1)
      await expect.poll(world.uncommitted, soon).toBe(0)
      expect(attempts).toEqual(['1', '2', '3 last'])

      const [firstRetry, secondRetry, third] = world.retryTopicsOf(only(world))
      const [first] = await world.readAll(firstRetry ?? '')
      const [second] = await world.readAll(secondRetry ?? '')
      expect(await world.readAll(third ?? '')).toEqual([])
      const origin = { kept: 'yes', 'retry-topic': only(world), 'retry-partition': '0', 'retry-offset': '0' }
      expect(first).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('failing') })
      expect(textOf(first)).toMatchObject({ ...origin, 'retry-attempt': '1', 'retry-code': 'contended' })
      expect(textOf(second)).toMatchObject({ ...origin, 'retry-attempt': '2', 'retry-code': 'unexpected_error' })
      expect(JSON.stringify(textOf(second))).not.toContain('Jane')

      const [letter] = await world.deadLettersOf(only(world))
      expect(letter).toMatchObject({ key: Buffer.from('k'), value: Buffer.from('failing') })
      expect(textOf(letter)).toEqual({
        kept: 'yes',
        'dlq-code': 'contended',
        'dlq-message': 'somebody was faster',
        'dlq-step': 'handle',
        'dlq-service': expect.any(String),
        'dlq-topic': only(world),
        'dlq-partition': '0',
        'dlq-offset': '0',
        'dlq-attempt': '3',
        'dlq-at': expect.stringMatching(/Z$/),
      })
    })

    test('one poison message of a batch costs only itself', async () => {
      const world = await open({ partitions: 2 })
      const handled = new Set<string>()
      await world.start(
        {
          kind: 'batch',
          maxBatch: 500,
          handle: async (batch) => {
            if (batch.some(({ value, attempt }) => value === '77' && attempt === 1)) throw new Error('no')
            for (const { value } of batch) handled.add(value)
            return batch.map(() => done)
          },
        },
        { retryDelaysMs: [20] },
      )
      await world.send(only(world), numbered(200, 50))
      await expect.poll(() => handled.size, soon).toBe(200)
      await expect.poll(world.uncommitted, soon).toBe(0)
      expect(
        (await world.readAll(world.retryTopicsOf(only(world))[0] ?? '')).map(({ value }) => String(value)),
      ).toEqual(['77'])
    })

    test('a retry that waits holds nothing back that is due behind it, and is not committed before its time', async () => {
      const world = await open({ partitions: 1 })
      const [level = ''] = world.retryTopicsOf(only(world))
      const seen: string[] = []
      const waits = { 'retry-topic': only(world), 'retry-delay-ms': String(HOUR_MS) }
      await world.send(level, [{ key: 'k', value: 'waiting', headers: waits }])
      await world.send(level, [{ key: 'k', value: 'due', headers: { ...waits, 'retry-delay-ms': '0' } }])
      await world.start(collecting(seen), { retryDelaysMs: [HOUR_MS] })
      await world.send(only(world), [{ key: 'k', value: 'new' }])
      await expect.poll(() => seen.toSorted(), soon).toEqual(['due 2', 'new 1'])
      await expect.poll(world.uncommitted, soon).toBeLessThanOrEqual(2)
      expect(await world.uncommitted()).toBeGreaterThanOrEqual(1)
    })

    test('a clock that is far off delays a retry by no more than its delay', async () => {
      const world = await open({ partitions: 1 })
      const [level = ''] = world.retryTopicsOf(only(world))
      const seen: string[] = []
      const headers = { 'retry-topic': only(world), 'retry-delay-ms': '300' }
      await world.start(collecting(seen), { retryDelaysMs: [300] })
      await world.send(level, [
        // A broker takes no more than an hour by default.
        { key: 'a', value: 'ahead', headers, timestamp: Date.now() + 0.9 * HOUR_MS },
        { key: 'b', value: 'behind', headers, timestamp: Date.now() - 5 * HOUR_MS },
      ])
      await expect.poll(() => seen.toSorted(), soon).toEqual(['ahead 2', 'behind 2'])
      await expect.poll(world.uncommitted, soon).toBe(0)
    })

    test('broken or missing headers of a retry cost it neither its attempt nor the runner', async () => {
      const world = await open({ partitions: 1 })
      const [first = '', second = ''] = world.retryTopicsOf(only(world))
      const seen = new Set<string>()
      await world.start(
        {
          kind: 'perKey',
          concurrency: 4,
          handle: async ({ value, attempt }) => {
            seen.add(`${value} ${attempt}`)
            throw new AppError('never', { code: 'impossible', fate: 'permanent' })
          },
        },
        { retryDelaysMs: [50, 50] },
      )
      await world.send(first, [{ key: 'a', value: 'bare' }])
      await world.send(second, [
        {
          key: 'b',
          value: 'broken',
          headers: { 'retry-attempt': 'x', 'retry-delay-ms': '9e99', 'retry-topic': 'elsewhere', 'retry-offset': '-' },
        },
        { key: 'c', value: 'endless', headers: { 'retry-topic': only(world), 'retry-delay-ms': '999999999999' } },
      ])
      await expect.poll(() => [...seen].toSorted(), soon).toEqual(['bare 2', 'broken 3', 'endless 3'])
      await expect.poll(world.uncommitted, soon).toBe(0)
      const letters = await world.deadLettersOf(only(world))
      expect(new Set(letters.map(({ value }) => String(value)))).toEqual(new Set(['bare', 'broken', 'endless']))
      for (const letter of letters) {
        expect(textOf(letter)).toMatchObject({ 'dlq-topic': only(world), 'dlq-offset': '-1' })
      }
    })

    test('a retry that cannot be published leaves its offset open until it can', async () => {
      const world = await open({ partitions: 1 })
      const seen: string[] = []
      let isAway = true
      let refused = 0
      const runner = await world.start(
        {
          kind: 'perKey',
          concurrency: 4,
          handle: async ({ value, attempt }) => {
            seen.push(`${value} ${attempt}`)
            return attempt === 1 ? retry('later', 'not yet') : done
          },
        },
        {
          retryDelaysMs: [20],
          publishing: async () => {
            if (!isAway) return
            refused += 1
            throw new AppError('Kafka is away', { code: 'kafka_unavailable', fate: 'unavailable' })
          },
        },
      )
      await world.send(only(world), [{ key: 'k', value: 'a' }])
      await expect.poll(() => refused, soon).toBeGreaterThan(2)
      expect(await world.uncommitted()).toBe(1)
      expect(runner.check()).toEqual({ ok: false, reason: 'waiting: kafka_unavailable' })
      isAway = false
      await expect.poll(() => seen, soon).toEqual(['a 1', 'a 2'])
      await expect.poll(world.uncommitted, soon).toBe(0)
    })

    test('what waits for a part that is away stays in place however long, and nothing more is fetched meanwhile', async () => {
      const world = await open({ partitions: 1 })
      const seen = new Set<string>()
      let isAway = true
      let tried = 0
      const runner = await world.start(
        {
          kind: 'perKey',
          concurrency: 8,
          handle: async ({ value, attempt }) => {
            seen.add(value)
            tried += 1
            expect(attempt).toBe(1)
            if (isAway) throw new AppError('away', { code: 'mongodb_unavailable', fate: 'unavailable' })
            return done
          },
        },
        { retryDelaysMs: [20] },
      )
      await world.send(only(world), [{ key: 'k', value: 'waiting' }])
      await expect.poll(() => tried, soon).toBeGreaterThan(3)
      expect(runner.check()).toEqual({ ok: false, reason: 'waiting: mongodb_unavailable' })
      await world.send(only(world), numbered(5, 5))
      const before = tried
      await expect.poll(() => tried, soon).toBeGreaterThan(before + 3)
      expect([...seen]).toEqual(['waiting'])
      isAway = false
      await expect.poll(world.uncommitted, soon).toBe(0)
      expect(seen.size).toBe(6)
      expect(await world.readAll(world.retryTopicsOf(only(world))[0] ?? '')).toEqual([])
      expect(await world.deadLettersOf(only(world))).toEqual([])
    })
  })
}
