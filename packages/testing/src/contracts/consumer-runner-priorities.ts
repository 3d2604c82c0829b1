import { done } from '@buyer-group/shared/outcomes/verdict.ts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { gate, numbered, type OpenWorld, only, type SentMessage, soon } from './consumer-runner-world.ts'

/** More than a runner keeps in memory, of every class together. */
const FLOOD = 12_000

/** How a runner shares its places among topics. */
export function describePriorities(adapter: string, open: OpenWorld): void {
  describe(`priorities of a runner over ${adapter}`, () => {
    test('a flood of the lightest topic keeps no heavier message from being fetched and handled', async () => {
      const world = await open({ partitions: 2, topics: 2 })
      const [high = '', low = ''] = world.topics
      const held = gate()
      let highDone = 0
      await world.start({
        kind: 'perKey',
        concurrency: 4,
        weights: new Map([
          [high, 8],
          [low, 1],
        ]),
        handle: async ({ message }) => {
          if (message.topic === high) highDone += 1
          else await held.opened
          return done
        },
      })
      // One key: a single one of them runs, and none ends until the test says so.
      await world.send(low, numbered(FLOOD, 1))
      await expect.poll(world.queued, soon).toBeGreaterThan(FLOOD / 6)
      await world.send(
        high,
        numbered(20, 20).map(({ value }) => ({ key: `other-${value}`, value })),
      )
      await expect.poll(() => highDone, soon).toBe(20)
      held.open()
    })

    test('while all topics have something waiting, places are shared by weight and none starves', async () => {
      const world = await open({ partitions: 1, topics: 3 })
      const [high = '', normal = '', low = ''] = world.topics
      const order: string[] = []
      const held = gate()
      await world.start({
        kind: 'perKey',
        concurrency: 1,
        weights: new Map([
          [high, 8],
          [normal, 4],
          [low, 1],
        ]),
        handle: async ({ message, value }) => {
          if (value === 'first') await held.opened
          order.push(message.topic)
          return done
        },
      })
      await world.send(low, [{ key: 'first', value: 'first' }])
      for (const topic of [low, normal, high]) await world.send(topic, numbered(130, 130))
      // All are in memory before the only place is given away for the first time.
      await expect.poll(world.queued, soon).toBe(390)
      held.open()
      await expect.poll(() => order.length, soon).toBe(391)
      const among = order.slice(1, 131)
      expect([high, normal, low].map((topic) => among.filter((one) => one === topic).length)).toEqual([80, 40, 10])
    })

    test('one key never runs for two topics at once', async () => {
      const world = await open({ partitions: 1, topics: 2 })
      let running = 0
      let most = 0
      let handled = 0
      await world.start({
        kind: 'perKey',
        concurrency: 8,
        handle: async () => {
          running += 1
          most = Math.max(most, running)
          await new Promise((resolve) => setImmediate(resolve))
          running -= 1
          handled += 1
          return done
        },
      })
      await Promise.all(world.topics.map((topic) => world.send(topic, numbered(100, 1))))
      await expect.poll(() => handled, soon).toBe(200)
      expect(most).toBe(1)
    })

    test('what handlers cannot keep up with stays with the broker: memory is bounded', async () => {
      const world = await open({ partitions: 4 })
      const held = gate()
      let handled = 0
      const count = 2 * FLOOD
      // All there before the runner starts, so that fetches bring as much as they ever can: one, of some megabytes, may
      // come in above the bound, which is a sixth of all. Of small messages one fetch alone could bring all of them.
      for (let sent = 0; sent < count; sent += 2_000) {
        await world.send(only(world), numbered(2_000, 500).map(padded))
      }
      await world.start({
        kind: 'perKey',
        concurrency: 1,
        handle: async () => {
          await held.opened
          handled += 1
          return done
        },
      })
      // Else a runner that stops would wait for the handler where the test fails.
      onTestFinished(held.open)
      await expect.poll(world.queued, soon).toBeGreaterThan(count / 12)
      // Many round trips to the broker: time in which fetching would have gone on.
      for (let round = 0; round < 20; round += 1) {
        await world.uncommitted()
        expect(await world.queued()).toBeLessThan(count / 2)
      }
      held.open()
      await expect.poll(() => handled, soon).toBe(count)
      await expect.poll(world.uncommitted, soon).toBe(0)
    })
  })
}

/** Enough for a fetch, which is bounded in bytes, to hold a bounded number of messages, too. */
function padded(message: SentMessage): SentMessage {
  return { ...message, value: (message.value ?? '').padEnd(1_024, '.') }
}
