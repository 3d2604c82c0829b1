import { describeConsumerRunner } from '@buyer-group/testing/contracts/consumer-runner-contract.ts'
import { gate, type OpenWorld, soon } from '@buyer-group/testing/contracts/consumer-runner-world.ts'
import { temporaryTopic } from '@buyer-group/testing/kafka/temporary-topic.ts'
import type { Consumer, Kafka } from 'kafkajs'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { done } from '../outcomes/verdict.ts'
import { type ConsumerRunnerOptions, startConsumerRunner } from './consumer-runner.ts'
import { createKafka } from './create-kafka.ts'
import { createTopics } from './create-topics.ts'
import type { IncomingMessage } from './incoming.ts'
import { lagOf } from './lag-monitor.ts'
import { openPublisher } from './publisher.ts'
import { readTopics } from './read-topic.ts'

let kafka: Kafka
const logger = pino({ level: 'silent' })

beforeAll(() => {
  kafka = createKafka({ brokers: (process.env.KAFKA_BROKERS ?? '').split(','), clientId: 'runner-test', logger })
})

const decodeText = async ({ value }: IncomingMessage) => {
  if (value === null) throw new AppError('no value', { code: 'undecodable_message', fate: 'permanent' })
  return value.toString()
}
const retryTopicsOf = (topic: string) => [1, 2, 3].map((level) => `${topic}.retry.${level}`)
const deadLetterTopicOf = (topic: string) => `${topic}.dlq`

const openWorld: OpenWorld = async ({ partitions, topics: count = 1 }) => {
  const topics = await Promise.all(
    Array.from({ length: count }, () => temporaryTopic(kafka, partitions, onTestFinished)),
  )
  const publisher = await openPublisher(kafka)
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  const admin = kafka.admin()
  await Promise.all([producer.connect(), admin.connect()])
  const around = topics.flatMap((topic) => [
    ...retryTopicsOf(topic).map((name) => ({ topic: name, numPartitions: 3 })),
    { topic: deadLetterTopicOf(topic), numPartitions: 1 },
  ])
  await createTopics(admin, around)
  onTestFinished(async () => {
    await admin.deleteTopics({ topics: around.map(({ topic }) => topic) }).catch(() => {})
    await Promise.all([publisher.close(), producer.disconnect(), admin.disconnect()])
  })
  const [groupId = ''] = topics
  const registries: Registry[] = []

  const readAll = async (topic: string) => {
    const messages: IncomingMessage[] = []
    for await (const message of readTopics(kafka, [topic])) messages.push(message)
    return messages
  }
  return {
    topics,
    retryTopicsOf,
    start: async (mode, more = {}) => {
      const { retryDelaysMs = [], publishing, ...rest } = more
      const registry = new Registry()
      const runner = await startConsumerRunner<string>({
        kafka,
        groupId,
        decoders: new Map(topics.map((topic) => [topic, decodeText])),
        mode,
        deadLetters: {
          publisher: {
            publish: async (messages) => {
              await publishing?.(messages)
              await publisher.publish(messages)
            },
          },
          topicOf: deadLetterTopicOf,
          service: 'test',
        },
        retries: { delaysMs: retryDelaysMs, topicsOf: retryTopicsOf },
        logger,
        registry,
        onCrash: (error) => {
          throw error
        },
        ...rest,
      })
      registries.push(registry)
      let stopped: Promise<void> | undefined
      const stop = () => {
        stopped ??= runner.stop()
        return stopped
      }
      onTestFinished(stop)
      return { ...runner, stop }
    },
    send: async (topic, messages) => {
      await producer.send({
        topic,
        messages: messages.map(({ key, value, headers = {}, timestamp }) => ({
          key,
          value,
          headers: { ...headers },
          ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
        })),
      })
    },
    readAll,
    deadLettersOf: (topic) => readAll(deadLetterTopicOf(topic)),
    uncommitted: async () => {
      const lags = await lagOf(admin, groupId, [...topics, ...topics.flatMap(retryTopicsOf)])
      return [...lags.values()].flatMap((partitions) => [...partitions.values()]).reduce((sum, lag) => sum + lag, 0)
    },
    queued: async () => {
      const gauges = registries.map((registry) => registry.getSingleMetric('kafka_consumer_queued_messages')?.get())
      const values = (await Promise.all(gauges)).flatMap((gauge) => gauge?.values ?? [])
      return values.reduce((sum, { value }) => sum + value, 0)
    },
  }
}

describeConsumerRunner('Kafka', openWorld)

describe('a consumer runner whose client fails', () => {
  /** A runner over a client whose consumer the test gets hold of. */
  const startOver = async (more: Partial<ConsumerRunnerOptions<string>>) => {
    const topic = await temporaryTopic(kafka, 1, onTestFinished)
    const publisher = await openPublisher(kafka)
    onTestFinished(() => publisher.close())
    const crashes: Error[] = []
    let client: Consumer | undefined
    const watched: Kafka = Object.create(kafka, {
      consumer: {
        value: (config: Parameters<Kafka['consumer']>[0]) => {
          client = kafka.consumer(config)
          return client
        },
      },
    })
    const runner = await startConsumerRunner<string>({
      kafka: watched,
      groupId: topic,
      decoders: new Map([[topic, decodeText]]),
      mode: { kind: 'perKey', concurrency: 4, handle: async () => done },
      deadLetters: { publisher, topicOf: deadLetterTopicOf, service: 'test' },
      retries: { delaysMs: [], topicsOf: () => [] },
      logger,
      registry: new Registry(),
      onCrash: (error) => crashes.push(error),
      ...more,
    })
    onTestFinished(() => runner.stop())
    const send = (value: string) => publisher.publish([{ topic, key: 'k', value: Buffer.from(value), headers: {} }])
    return { topic, runner, crashes, send, client: client as Consumer }
  }

  test('ends the process when the client gives up for good', async () => {
    // No broker takes a session of a day, and kafkajs does not try again what can never succeed.
    const { crashes } = await startOver({ sessionTimeoutMs: 24 * 3_600_000 })
    await expect.poll(() => crashes.length, soon).toBe(1)
    expect(crashes[0]).toMatchObject({ type: 'INVALID_SESSION_TIMEOUT' })
  })

  test('notices that nothing arrives although the broker has more, and is not alive then', async () => {
    const seen: string[] = []
    const { topic, runner, crashes, send, client } = await startOver({
      stallMs: 1_000,
      mode: {
        kind: 'perKey',
        concurrency: 4,
        handle: async ({ value }) => {
          seen.push(value)
          return done
        },
      },
    })
    await send('before')
    await expect.poll(() => seen, soon).toEqual(['before'])
    // A silent stall: heartbeats and fetches go on, and this partition is in none of them.
    client.pause([{ topic }])
    await send('never fetched')
    await expect.poll(() => crashes.length, soon).toBe(1)
    expect(crashes[0]).toMatchObject({ code: 'consumer_stalled' })
    expect(runner.checkLive()).toEqual({ ok: false, reason: `nothing arrives from ${topic}/0` })
    expect(runner.check().ok).toBe(true)
  })

  test('takes a slow handler for no stall', async () => {
    const held = gate()
    let looks = 0
    const { runner, crashes, send } = await startOver({
      stallMs: 400,
      mode: {
        kind: 'perKey',
        concurrency: 1,
        handle: async () => {
          await held.opened
          return done
        },
      },
    })
    await send('slow')
    await send('waiting')
    await expect
      .poll(
        () => {
          looks += 1
          return looks
        },
        { timeout: 10_000, interval: 100 },
      )
      .toBeGreaterThan(20)
    expect(runner.checkLive()).toEqual({ ok: true })
    expect(crashes).toEqual([])
    held.open()
  })
})
