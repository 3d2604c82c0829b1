import { deadLetter, done, skip } from '@buyer-group/shared/outcomes/verdict.ts'
import { describe, expect, test } from 'vitest'
import { describePriorities } from './consumer-runner-priorities.ts'
import { describeRetries } from './consumer-runner-retries.ts'
import { gate, numbered, type OpenWorld, only, type RunnerMode, soon, textOf } from './consumer-runner-world.ts'

/** What every consumer runner keeps to, whatever stands behind it. */
export function describeConsumerRunner(adapter: string, open: OpenWorld): void {
  describe(`a consumer runner over ${adapter}`, () => {
    test('runs keys side by side beyond the number of partitions, each in its order, and commits all', async () => {
      const world = await open({ partitions: 2 })
      const seen = new Map<string, number[]>()
      const running = new Set<string>()
      let most = 0
      await world.start({
        kind: 'perKey',
        concurrency: 20,
        handle: async ({ value, message }) => {
          const key = String(message.key)
          expect(running.has(key)).toBe(false)
          running.add(key)
          most = Math.max(most, running.size)
          await new Promise((resolve) => setImmediate(resolve))
          running.delete(key)
          seen.set(key, [...(seen.get(key) ?? []), Number(value)])
          return done
        },
      })
      await world.send(only(world), numbered(400, 20))
      await expect.poll(() => [...seen.values()].flat().length, soon).toBe(400)
      await expect.poll(world.uncommitted, soon).toBe(0)
      expect(most).toBeGreaterThan(2)
      for (const list of seen.values()) expect(list).toEqual(list.toSorted((a, b) => a - b))
    })

    test('overtakes no slow batch: what gathers meanwhile becomes the next one', async () => {
      const world = await open({ partitions: 3 })
      const sizes: number[] = []
      const held = gate()
      await world.start({
        kind: 'batch',
        maxBatch: 1_000,
        handle: async (batch) => {
          sizes.push(batch.length)
          if (sizes.length === 1) await held.opened
          return batch.map(() => done)
        },
      })
      await world.send(only(world), [{ key: 'a', value: 'first' }])
      await expect.poll(() => sizes.length, soon).toBe(1)
      await world.send(only(world), numbered(300, 300))
      expect(sizes).toEqual([1])
      held.open()
      await expect.poll(() => sizes.reduce((sum, size) => sum + size, 0), soon).toBe(301)
      await expect.poll(world.uncommitted, soon).toBe(0)
      expect(sizes.length).toBeLessThan(50)
    })

    test('puts a poison message into the dead letters and goes on with the partition', async () => {
      const world = await open({ partitions: 1 })
      const seen: string[] = []
      await world.start({
        kind: 'perKey',
        concurrency: 4,
        handle: async ({ value }) => {
          seen.push(value)
          return value === 'b' ? skip('repeat') : done
        },
      })
      await world.send(only(world), [
        { key: 'key', value: 'a' },
        { key: 'key', value: null, headers: { kept: 'yes' } },
        { key: 'key', value: 'b' },
      ])
      await expect.poll(() => seen, soon).toEqual(['a', 'b'])
      await expect.poll(world.uncommitted, soon).toBe(0)
      const [letter, ...more] = await world.deadLettersOf(only(world))
      expect(more).toEqual([])
      expect(letter).toMatchObject({ key: Buffer.from('key'), value: null })
      expect(textOf(letter)).toMatchObject({ kept: 'yes', 'dlq-offset': '1', 'dlq-step': 'decode', 'dlq-attempt': '1' })
    })

    test('commits nothing beyond work that is not finished', async () => {
      const world = await open({ partitions: 1, topics: 2 })
      const held = gate()
      let others = 0
      await world.start({
        kind: 'perKey',
        concurrency: 50,
        handle: async ({ value }) => {
          if (value === '0') await held.opened
          else others += 1
          return done
        },
      })
      await world.send(only(world), numbered(20, 20))
      await expect.poll(() => others, soon).toBe(19)
      // Once what came later elsewhere is committed, so would be whatever could be.
      await world.send(world.topics[1] ?? '', [{ key: 'later', value: 'later' }])
      await expect.poll(() => others, soon).toBe(20)
      await expect.poll(world.uncommitted, soon).toBe(20)
      held.open()
      await expect.poll(world.uncommitted, soon).toBe(0)
    })

    test('loses nothing while members join and leave', async () => {
      const world = await open({ partitions: 6 })
      const seen = new Set<string>()
      const mode: RunnerMode = {
        kind: 'perKey',
        concurrency: 8,
        handle: async ({ value }) => {
          await new Promise((resolve) => setImmediate(resolve))
          seen.add(value)
          return done
        },
      }
      await world.start(mode)
      const messages = numbered(3_000, 300)
      const sending = (async () => {
        for (let from = 0; from < messages.length; from += 100) {
          await world.send(only(world), messages.slice(from, from + 100))
        }
      })()
      const second = await world.start(mode)
      await sending
      await second.stop()
      await expect.poll(() => seen.size, soon).toBe(3_000)
      await expect.poll(world.uncommitted, soon).toBe(0)
    })

    test('neither commits nor publishes for a partition that was revoked', async () => {
      const world = await open({ partitions: 1 })
      const held = gate()
      let deliveries = 0
      let revoked: AbortSignal | undefined
      const mode: RunnerMode = {
        kind: 'perKey',
        concurrency: 4,
        handle: async (_, signal) => {
          deliveries += 1
          if (deliveries > 1) return done
          revoked = signal
          await held.opened
          return deadLetter('of_a_zombie', 'the partition is somebody else’s by now')
        },
      }
      await world.start(mode)
      await world.send(only(world), [{ key: 'key', value: 'a' }])
      await expect.poll(() => deliveries, soon).toBe(1)
      await world.start(mode)
      // Whoever has the partition now gets the message again; in the same process it waits for the first to end.
      await expect.poll(() => revoked?.aborted, soon).toBe(true)
      held.open()
      await expect.poll(world.uncommitted, soon).toBe(0)
      expect(deliveries).toBeGreaterThan(1)
      expect(await world.deadLettersOf(only(world))).toEqual([])
    })

    test('keeps its partition while a handler is slower than the session', async () => {
      const world = await open({ partitions: 1 })
      const held = gate()
      let deliveries = 0
      const sessionTimeoutMs = 6_000
      await world.start(
        {
          kind: 'perKey',
          concurrency: 1,
          handle: async () => {
            deliveries += 1
            await held.opened
            return done
          },
        },
        { sessionTimeoutMs },
      )
      await world.send(only(world), [{ key: 'key', value: 'a' }])
      await expect.poll(() => deliveries, soon).toBe(1)
      const since = performance.now()
      await expect.poll(() => performance.now() - since, soon).toBeGreaterThan(sessionTimeoutMs * 1.5)
      held.open()
      await expect.poll(world.uncommitted, soon).toBe(0)
      expect(deliveries).toBe(1)
    })

    test('finishes and commits what is in flight when it stops, and leaves the rest to the next member', async () => {
      const world = await open({ partitions: 1 })
      const first: string[] = []
      const held = gate()
      const runner = await world.start({
        kind: 'perKey',
        concurrency: 1,
        handle: async ({ value }) => {
          first.push(value)
          await held.opened
          return done
        },
      })
      await world.send(only(world), numbered(3, 1))
      await expect.poll(() => first.length, soon).toBe(1)
      const stopped = runner.stop()
      held.open()
      await stopped
      expect(first).toEqual(['0'])
      expect(await world.uncommitted()).toBe(2)
      const rest: string[] = []
      await world.start({
        kind: 'perKey',
        concurrency: 1,
        handle: async ({ value }) => {
          rest.push(value)
          return done
        },
      })
      await expect.poll(() => rest, soon).toEqual(['1', '2'])
      await expect.poll(world.uncommitted, soon).toBe(0)
    })
  })

  describeRetries(adapter, open)
  describePriorities(adapter, open)
}
