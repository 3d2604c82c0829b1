import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import type { OutgoingMessage, Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import { beforeEach, describe, expect, test } from 'vitest'

/** A publisher with topics to publish to. */
export interface PublisherWorld {
  readonly publisher: Publisher
  /** Two topics that are there, of three partitions each. */
  readonly topics: readonly [string, string]
  /** Everything in a topic, partition after partition. */
  readAll(topic: string): Promise<readonly IncomingMessage[]>
}

/** What every adapter of the publisher keeps to. At least once: a message may stand there twice where a try failed in part. */
export function describePublisher(adapter: string, open: () => Promise<PublisherWorld>): void {
  let world: PublisherWorld
  beforeEach(async () => {
    world = await open()
  })

  const message = (key: string, value: string, topic = world.topics[0]): OutgoingMessage => ({
    topic,
    key,
    value: Buffer.from(value),
    headers: { ce_id: value, bytes: Buffer.from([1, 2]) },
  })

  describe(`a publisher into ${adapter}`, () => {
    test('puts bytes, key and headers there as they are, and a tombstone as one', async () => {
      await world.publisher.publish([message('acme', 'one'), { ...message('acme', 'gone'), value: null }])
      const [first, second] = await world.readAll(world.topics[0])
      expect(first).toMatchObject({ topic: world.topics[0], key: Buffer.from('acme'), value: Buffer.from('one') })
      expect(String(first?.headers.ce_id)).toBe('one')
      expect(Buffer.from(String(first?.headers.bytes))).toEqual(Buffer.from([1, 2]))
      expect(second?.value).toBeNull()
    })

    test('keeps messages of one key in one partition, in the order in which they were published', async () => {
      const keys = Array.from({ length: 20 }, () => randomUUID())
      for (const round of ['a', 'b']) await world.publisher.publish(keys.map((key) => message(key, round)))
      await world.publisher.publish(keys.flatMap((key) => [message(key, 'c'), message(key, 'd')]))
      const published = await world.readAll(world.topics[0])
      for (const key of keys) {
        const own = published.filter((one) => String(one.key) === key)
        expect([...new Set(own.map(({ value }) => String(value)))]).toEqual(['a', 'b', 'c', 'd'])
        expect(new Set(own.map(({ partition }) => partition)).size).toBe(1)
        const offsets = own.map(({ offset }) => Number(offset))
        expect(offsets).toEqual(offsets.toSorted((left, right) => left - right))
      }
    })

    test('serves several topics in one call', async () => {
      const [one, two] = world.topics
      await world.publisher.publish([message('acme', 'x', one), message('acme', 'y', two)])
      expect(new Set((await world.readAll(one)).map(({ value }) => String(value)))).toEqual(new Set(['x']))
      expect(new Set((await world.readAll(two)).map(({ value }) => String(value)))).toEqual(new Set(['y']))
    })

    test('throws where a topic is not there, as a part that is away', async () => {
      const missing = message('acme', 'x', `missing-${randomUUID()}`)
      await expect(world.publisher.publish([missing])).rejects.toMatchObject({ fate: 'unavailable' })
    })
  })
}
