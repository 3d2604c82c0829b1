import { temporaryTopic } from '@buyer-group/testing/kafka/temporary-topic.ts'
import type { Kafka } from 'kafkajs'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { done } from '../outcomes/verdict.ts'
import { type ConsumerRunnerOptions, startConsumerRunner } from './consumer-runner.ts'
import { createKafka } from './create-kafka.ts'
import { lagOf } from './lag-monitor.ts'
import { openPublisher } from './publisher.ts'

let kafka: Kafka
const logger = pino({ level: 'silent' })

beforeAll(() => {
  kafka = createKafka({ brokers: (process.env.KAFKA_BROKERS ?? '').split(','), clientId: 'runner-test', logger })
})

/** A topic with its dead letters, a publisher, and runners of one group on it, all released when the test ends. */
async function setUp(partitions: number) {
  const topic = await temporaryTopic(kafka, partitions, onTestFinished)
  const dlq = await temporaryTopic(kafka, 1, onTestFinished)
  const publisher = await openPublisher(kafka)
  onTestFinished(() => publisher.close())
  const admin = kafka.admin()
  await admin.connect()
  onTestFinished(() => admin.disconnect())

  const start = async (mode: ConsumerRunnerOptions<string>['mode']) => {
    const runner = await startConsumerRunner<string>({
      kafka,
      groupId: topic,
      decoders: new Map([
        [
          topic,
          async ({ value }) => {
            if (value === null) throw new AppError('no value', { code: 'undecodable_message', fate: 'permanent' })
            return value.toString()
          },
        ],
      ]),
      mode,
      deadLetters: { publisher, topicOf: () => dlq, service: 'test' },
      retries: { delaysMs: [], topicsOf: () => [] },
      logger,
      registry: new Registry(),
      onCrash: (error) => {
        throw error
      },
    })
    let stopped: Promise<void> | undefined
    const stop = () => {
      stopped ??= runner.stop()
      return stopped
    }
    onTestFinished(stop)
    return { ...runner, stop }
  }
  const send = (values: readonly (string | null)[], keyOf: (value: string | null, index: number) => string) =>
    publisher.publish(
      values.map((value, index) => ({
        topic,
        key: keyOf(value, index),
        value: value === null ? null : Buffer.from(value),
        headers: {},
      })),
    )
  const lag = async () => {
    const partitionsOf = (await lagOf(admin, topic, [topic])).get(topic) ?? new Map()
    return [...partitionsOf.values()].reduce((sum, value) => sum + value, 0)
  }
  const deadLetters = async () => {
    const offsets = await admin.fetchTopicOffsets(dlq)
    return offsets.reduce((sum, { high }) => sum + Number(high), 0)
  }
  return { topic, start, send, lag, deadLetters }
}

const soon = { timeout: 30_000, interval: 50 }

test('keys run side by side beyond the number of partitions, each in its order, and all is committed', async () => {
  const { start, send, lag } = await setUp(2)
  const seen = new Map<string, number[]>()
  const running = new Set<string>()
  let most = 0
  await start({
    kind: 'perKey',
    concurrency: 20,
    handle: async ({ value, message }) => {
      const key = String(message.key)
      expect(running.has(key)).toBe(false)
      running.add(key)
      most = Math.max(most, running.size)
      await new Promise((resolve) => setTimeout(resolve, 5))
      running.delete(key)
      seen.set(key, [...(seen.get(key) ?? []), Number(value)])
      return done
    },
  })
  const values = Array.from({ length: 400 }, (_, index) => String(index))
  await send(values, (_, index) => `key-${index % 20}`)
  await expect.poll(lag, soon).toBe(0)
  expect(most).toBeGreaterThan(2)
  expect([...seen.values()].flat()).toHaveLength(400)
  for (const list of seen.values()) expect(list).toEqual(list.toSorted((a, b) => a - b))
})

test('a slow batch is not overtaken: what gathers meanwhile becomes the next batch', async () => {
  const { start, send, lag } = await setUp(3)
  const sizes: number[] = []
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await start({
    kind: 'batch',
    maxBatch: 1_000,
    handle: async (batch) => {
      sizes.push(batch.length)
      if (sizes.length === 1) await held
      return batch.map(() => done)
    },
  })
  await send(['first'], () => 'a')
  await expect.poll(() => sizes.length, soon).toBe(1)
  await send(
    Array.from({ length: 300 }, (_, index) => String(index)),
    (value) => `key-${value}`,
  )
  expect(sizes).toEqual([1])
  release()
  await expect.poll(lag, soon).toBe(0)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(301)
  expect(sizes.length).toBeLessThan(50)
})

test('a poison message goes to the dead letters and the partition goes on', async () => {
  const { start, send, lag, deadLetters } = await setUp(1)
  const seen: string[] = []
  await start({
    kind: 'perKey',
    concurrency: 4,
    handle: async ({ value }) => {
      seen.push(value)
      return done
    },
  })
  await send(['a', null, 'b'], () => 'key')
  await expect.poll(lag, soon).toBe(0)
  expect(seen).toEqual(['a', 'b'])
  expect(await deadLetters()).toBe(1)
})

test('members that join and leave in the middle lose nothing', async () => {
  const { start, send, lag } = await setUp(6)
  const seen = new Set<string>()
  const mode: ConsumerRunnerOptions<string>['mode'] = {
    kind: 'perKey',
    concurrency: 8,
    handle: async ({ value }) => {
      await new Promise((resolve) => setImmediate(resolve))
      seen.add(value)
      return done
    },
  }
  await start(mode)
  const values = Array.from({ length: 3_000 }, (_, index) => String(index))
  const sending = (async () => {
    for (let from = 0; from < values.length; from += 100)
      await send(values.slice(from, from + 100), (value) => `k${value}`)
  })()
  const second = await start(mode)
  await sending
  await second.stop()
  await expect.poll(lag, soon).toBe(0)
  expect(seen.size).toBe(3_000)
})

test('a stop finishes and commits what is in flight and leaves the rest to the next member', async () => {
  const { start, send, lag } = await setUp(1)
  const first: string[] = []
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const runner = await start({
    kind: 'perKey',
    concurrency: 1,
    handle: async ({ value }) => {
      first.push(value)
      await held
      return done
    },
  })
  await send(['a', 'b', 'c'], () => 'key')
  await expect.poll(() => first.length, soon).toBe(1)
  const stopped = runner.stop()
  release()
  await stopped
  expect(first).toEqual(['a'])
  expect(await lag()).toBe(2)
  const rest: string[] = []
  await start({
    kind: 'perKey',
    concurrency: 1,
    handle: async ({ value }) => {
      rest.push(value)
      return done
    },
  })
  await expect.poll(lag, soon).toBe(0)
  expect(rest).toEqual(['b', 'c'])
})
