import { randomUUID } from 'node:crypto'
import { temporaryTopic } from '@buyer-group/testing/kafka/temporary-topic.ts'
import type { Kafka } from 'kafkajs'
import { pino } from 'pino'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { createKafka } from './create-kafka.ts'
import type { IncomingMessage } from './incoming.ts'
import { findOffsetRanges, type OffsetRange, readRanges, readTopics } from './read-topic.ts'

let kafka: Kafka

beforeAll(() => {
  const logger = pino({ level: 'silent' })
  kafka = createKafka({ brokers: (process.env.KAFKA_BROKERS ?? '').split(','), clientId: 'read-test', logger })
})

const newTopic = (partitions = 1) => temporaryTopic(kafka, partitions, onTestFinished)

async function produce(
  topic: string,
  values: readonly string[],
  options: { partition?: number; timestamp?: number } = {},
) {
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  const { partition = 0, timestamp } = options
  const messages = values.map((value) => ({
    value,
    partition,
    headers: { h: 'x' },
    ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
  }))
  await producer.send({ topic, messages })
  await producer.disconnect()
}

/** Two messages of a transaction that is committed or aborted; its marker takes an offset too. */
async function transact(topic: string, values: readonly string[], end: 'commit' | 'abort') {
  const producer = kafka.producer({ transactionalId: randomUUID(), maxInFlightRequests: 1, idempotent: true })
  await producer.connect()
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) })
  await transaction[end]()
  await producer.disconnect()
}

async function collect(messages: AsyncIterable<IncomingMessage>): Promise<string[]> {
  const found: string[] = []
  for await (const { partition, offset, value } of messages) found.push(`${partition}/${offset} ${value}`)
  return found
}

async function deleteBefore(topic: string, offset: number) {
  const admin = kafka.admin()
  await admin.connect()
  // Loads who leads the partition, which kafkajs does not do here by itself.
  await admin.fetchTopicOffsets(topic)
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] })
  await admin.disconnect()
}

test('reads what stands in every partition in the order of its offsets, and ends although more arrives', async () => {
  const topic = await newTopic(3)
  await produce(topic, ['a', 'b'], { partition: 2 })
  await produce(topic, ['c'], { partition: 0 })
  const messages = readTopics(kafka, [topic])
  const first = await messages.next()
  await produce(topic, ['late'], { partition: 2 })
  expect([first.value?.value?.toString(), ...(await collect(messages))]).toEqual(['c', '2/0 a', '2/1 b'])
  expect(first.value).toMatchObject({ topic, partition: 0, offset: '0', headers: { h: Buffer.from('x') } })
})

test('ends at once where nothing stands', async () => {
  expect(await collect(readTopics(kafka, [await newTopic(2), await newTopic()]))).toEqual([])
})

test('passes over aborted messages and the markers of transactions, also at the end', async () => {
  const topic = await newTopic()
  await transact(topic, ['x', 'y'], 'abort')
  await produce(topic, ['a'])
  await transact(topic, ['b'], 'commit')
  await transact(topic, ['z'], 'abort')
  // The coordinator writes the markers after it has answered.
  const all = [{ topic, partition: 0, from: 0, to: 8 }]
  await vi.waitFor(async () => expect(await findOffsetRanges(kafka, [topic])).toEqual(all), { timeout: 20_000 })
  const found = await collect(readTopics(kafka, [topic]))
  expect(found.map((line) => line.split(' ')[1])).toEqual(['a', 'b'])
})

test('reads given ranges, and no more', async () => {
  const topic = await newTopic(2)
  await produce(topic, ['a', 'b', 'c', 'd'], { partition: 1 })
  const ranges: OffsetRange[] = [
    { topic, partition: 1, from: 2, to: 3 },
    { topic, partition: 1, from: 0, to: 1 },
    { topic, partition: 0, from: 0, to: 0 },
  ]
  expect(await collect(readRanges(kafka, ranges))).toEqual(['1/2 c', '1/0 a'])
})

test('reads since a time', async () => {
  const topic = await newTopic(2)
  const noon = Date.UTC(2026, 0, 1, 12)
  await produce(topic, ['before'], { timestamp: noon - 1 })
  await produce(topic, ['noon', 'also'], { timestamp: noon })
  await produce(topic, ['old'], { partition: 1, timestamp: noon - 2 })
  expect(await collect(readTopics(kafka, [topic], { since: noon }))).toEqual(['0/1 noon', '0/2 also'])
})

test('reads more than one fetch holds', async () => {
  const topic = await newTopic()
  const large = 'x'.repeat(500_000)
  for (let index = 0; index < 12; index += 1) await produce(topic, [`${index} ${large}`])
  const found = await collect(readTopics(kafka, [topic]))
  expect(found.map((line) => line.split(' ')[1])).toEqual([...Array(12).keys()].map(String))
})

test('tells of offsets that are no longer kept and reads on after them', async () => {
  const topic = await newTopic()
  await produce(topic, ['a', 'b', 'c'])
  const ranges = await findOffsetRanges(kafka, [topic])
  await deleteBefore(topic, 2)
  const expired: OffsetRange[] = []
  const messages = readRanges(kafka, ranges, { onExpired: (range) => expired.push(range) })
  expect(await collect(messages)).toEqual(['0/2 c'])
  expect(expired).toEqual([{ topic, partition: 0, from: 0, to: 2 }])
})

test('refuses a topic that does not exist by name', async () => {
  const topic = `none-${randomUUID()}`
  const reading = collect(readTopics(kafka, [await newTopic(), topic]))
  const refusal = { code: 'unknown_topic', message: expect.stringContaining(topic) }
  await expect(reading).rejects.toMatchObject(refusal)
  await expect(collect(readRanges(kafka, [{ topic, partition: 0, from: 0, to: 1 }]))).rejects.toMatchObject(refusal)
})

test('refuses offsets that the partition never held', async () => {
  const reading = collect(readRanges(kafka, [{ topic: await newTopic(), partition: 0, from: 5, to: 6 }]))
  await expect(reading).rejects.toMatchObject({ code: 'offset_out_of_range' })
})

test('stops when its signal is aborted', async () => {
  const topic = await newTopic()
  await produce(topic, ['a', 'b'])
  const controller = new AbortController()
  const messages = readTopics(kafka, [topic], { signal: controller.signal })
  await messages.next()
  controller.abort(new Error('enough'))
  await expect(messages.next()).rejects.toThrow('enough')
})

test('leaves no consumer group behind', async () => {
  const topic = await newTopic()
  await produce(topic, ['a'])
  const admin = kafka.admin()
  await admin.connect()
  onTestFinished(() => admin.disconnect())
  const groups: string[] = []
  for await (const _ of readTopics(kafka, [topic])) {
    const { groups: all } = await admin.listGroups()
    const { groups: described } = await admin.describeGroups(all.map(({ groupId }) => groupId))
    groups.push(
      ...described.filter(({ members }) => members.some((m) => m.clientId === 'read-test')).map((g) => g.groupId),
    )
  }
  expect(groups).toEqual([])
})
