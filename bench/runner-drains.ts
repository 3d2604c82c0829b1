import { randomUUID } from 'node:crypto'
import { type ConsumerRunnerOptions, startConsumerRunner } from '@buyer-group/shared/kafka/consumer-runner.ts'
import type { Publisher } from '@buyer-group/shared/kafka/outgoing.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import type { Kafka } from 'kafkajs'
import { Registry } from 'prom-client'

/** A topic that is drained from its beginning, by a group of its own each time. */
export interface Drained {
  readonly kafka: Kafka
  readonly topic: string
  /** How many messages to take; more may stand there. */
  readonly messages: number
  readonly logger: Logger
}

/** From the first message that arrives to the last one that is finished. */
export interface Drain {
  readonly perSecond: number
  /** Processor time of this process for each message: says more than the rate where others use the machine. */
  readonly cpuMicros: number
}

/** kafkajs's own loop with nothing around it: a batch comes, each message is looked at, kafkajs commits. */
export async function drainEachBatch({ kafka, topic, messages }: Drained): Promise<Drain> {
  const consumer = kafka.consumer({ groupId: groupOf(topic), maxBytes: 8 * 1024 * 1024, allowAutoTopicCreation: false })
  const meter = createMeter(messages)
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    eachBatch: async ({ batch }) => {
      meter.begin()
      for (const { value } of batch.messages) if (value !== null) meter.count()
    },
  })
  const drain = await meter.drain
  await consumer.disconnect()
  return drain
}

/** One message after another, as kafkajs's `eachMessage` has it. */
export async function drainOneAtATime(
  { kafka, topic, messages }: Drained,
  handle: () => Promise<void>,
): Promise<Drain> {
  const consumer = kafka.consumer({ groupId: groupOf(topic), allowAutoTopicCreation: false })
  const meter = createMeter(messages)
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    eachMessage: async () => {
      meter.begin()
      await handle()
      meter.count()
    },
  })
  const drain = await meter.drain
  await consumer.disconnect()
  return drain
}

type Mode = ConsumerRunnerOptions<Buffer | null>['mode']

/** The runner over the same messages; `modeOf` is given what to call for each finished one. */
export async function drainRunner(
  { kafka, topic, messages, logger }: Drained,
  modeOf: (meter: { begin(): void; count(): void }) => Mode,
): Promise<Drain> {
  const meter = createMeter(messages)
  const runner = await startConsumerRunner<Buffer | null>({
    kafka,
    groupId: groupOf(topic),
    decoders: new Map([[topic, async ({ value }) => value]]),
    mode: modeOf(meter),
    deadLetters: { publisher: nowhere, topicOf: (name) => name, service: 'bench' },
    retries: { delaysMs: [], topicsOf: () => [] },
    logger,
    registry: new Registry(),
    onCrash: (error) => {
      throw error
    },
  })
  const drain = await meter.drain
  await runner.stop()
  return drain
}

/** Nothing fails here. */
const nowhere: Publisher = {
  publish: async () => {
    throw new Error('a message failed in the benchmark')
  },
}

const groupOf = (topic: string) => `${topic}.${randomUUID().slice(0, 8)}`

function createMeter(messages: number) {
  const { promise: drain, resolve } = Promise.withResolvers<Drain>()
  let beganAt: number | undefined
  let cpuBefore = process.cpuUsage()
  let counted = 0
  return {
    drain,
    begin: () => {
      if (beganAt !== undefined) return
      beganAt = performance.now()
      cpuBefore = process.cpuUsage()
    },
    count: () => {
      counted += 1
      if (counted !== messages) return
      const { user, system } = process.cpuUsage(cpuBefore)
      const perSecond = (messages * 1_000) / (performance.now() - (beganAt ?? 0))
      resolve({ perSecond, cpuMicros: (user + system) / messages })
    },
  }
}
