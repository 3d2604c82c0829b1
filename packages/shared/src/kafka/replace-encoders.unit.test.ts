import { createRequire } from 'node:module'
import fc from 'fast-check'
import { CompressionTypes } from 'kafkajs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { replaceEncoders } from './replace-encoders.ts'
import { ByteWriter } from './rules/byte-writer.ts'

const require = createRequire(import.meta.url)

type CreateRequest = (produce: object) => { encode(): Promise<object>; expectResponse(): boolean }
type Frame = (options: object) => Promise<{ readonly buffer: Buffer; size(): number }>

const load = (version: number): CreateRequest => require(`kafkajs/src/protocol/requests/produce/v${version}/request`)
const frame = require('kafkajs/src/protocol/request') as Frame

const VERSIONS = [3, 4, 5, 6, 7]
const theirs = new Map(VERSIONS.map((version) => [version, load(version)]))
for (const path of Object.keys(require.cache)) {
  if (/produce.v[4-7].request/.test(path)) delete require.cache[path]
}
replaceEncoders()
replaceEncoders() // as every client does
const ours = new Map(VERSIONS.map((version) => [version, load(version)]))

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_768_471_800_123 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** The bytes for the socket, header and length included. */
async function toBytes(create: CreateRequest | undefined, produce: object, clientId = 'ingest'): Promise<Buffer> {
  const request = create?.(produce)
  const framed = await frame({ correlationId: 2 ** 31 - 2, clientId, request })
  expect(framed.size()).toBe(framed.buffer.length)
  return framed.buffer
}

/** The bytes that ours and theirs make of it in each version, which must be the same. */
async function compare(produce: object, clientId?: string): Promise<void> {
  for (const version of VERSIONS) {
    const [own, original] = [ours.get(version), theirs.get(version)]
    expect((await toBytes(own, produce, clientId)).equals(await toBytes(original, produce, clientId))).toBe(true)
  }
}

const isOurs = async (produce: object) => (await ours.get(7)?.(produce).encode()) instanceof ByteWriter

const toMessages = (count: number, rest: object = {}) =>
  Array.from({ length: count }, (_, number) => ({
    key: `company-${number}`,
    value: Buffer.alloc((number % 4) * 500, number),
    headers: { ce_id: `test:${number}`, ce_type: 'person.promotion' },
    ...rest,
  }))

/** As every service's producer is: neither idempotent nor transactional. */
const plain = {
  acks: -1,
  timeout: 10_000,
  compression: CompressionTypes.None,
  transactionalId: undefined,
  producerId: -1,
  producerEpoch: 0,
}

const toTopicData = (messages: readonly object[], rest: object = { firstSequence: 0 }) => [
  { topic: 'first', partitions: [0, 7].map((partition) => ({ partition, messages, ...rest })) },
  { topic: 'zweites-Thema-€', partitions: [{ partition: 3, messages: messages.slice(1), ...rest }] },
]

const bytes = fc.uint8Array({ maxLength: 2_000 }).map((array) => Buffer.from(array))
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 200 }), bytes)
const nullable = fc.option(text, { nil: null })
const message = fc.record(
  { key: nullable, value: nullable, headers: fc.dictionary(fc.string(), fc.oneof(text, fc.array(text))) },
  { requiredKeys: ['value'] },
)
const partition = fc.record({ partition: fc.nat(), messages: fc.array(message, { maxLength: 5 }) })
const topicData = fc.array(
  fc.record({ topic: fc.string({ unit: 'binary' }), partitions: fc.array(partition, { maxLength: 4 }) }),
  { maxLength: 3 },
)

test('any plain request is byte for byte the same with our encoder as with those of kafkajs', async () => {
  await fc.assert(
    fc.asyncProperty(topicData, fc.constantFrom(-1, 0, 1), fc.nat(), async (data, acks, timeout) => {
      const produce = { ...plain, acks, timeout, topicData: data }
      expect(await isOurs(produce)).toBe(true)
      await compare(produce)
    }),
    { numRuns: 200 },
  )
})

test.each([
  ['of several partitions and topics', { ...plain, topicData: toTopicData(toMessages(3)) }],
  ['with as little as may be given', { acks: 1, timeout: 1, topicData: toTopicData(toMessages(3), {}) }],
  ['of 500 messages', { ...plain, topicData: toTopicData(toMessages(500)) }],
])('a request %s is ours and the same', async (_, produce) => {
  expect(await isOurs(produce)).toBe(true)
  await compare(produce)
})

test.each([
  ['of an idempotent producer', { producerId: '4000', producerEpoch: 3 }, { firstSequence: 77 }, {}],
  ['of a transaction', { transactionalId: 'tx', producerId: '4000', producerEpoch: 1 }, { firstSequence: 7 }, {}],
  ['that names a transaction', { transactionalId: 'tx' }, {}, {}],
  ['with a producer id that is a number', { producerId: 4_000 }, { firstSequence: 1 }, {}],
  ['that is compressed', { compression: CompressionTypes.GZIP }, {}, {}],
  ['whose messages bring their time', {}, {}, { timestamp: '1700000000000' }],
])('a request %s is left to kafkajs', async (_, rest, ofPartition, ofMessage) => {
  const produce = { ...plain, ...rest, topicData: toTopicData(toMessages(3, ofMessage), ofPartition) }
  expect(await isOurs(produce)).toBe(false)
  await compare(produce)
})

test('a single message that brings its time leaves the whole request to kafkajs', async () => {
  const messages = [...toMessages(2), { key: 'k', value: 'v', timestamp: 1_700_000_000_000 }]
  const produce = { ...plain, topicData: toTopicData(messages) }
  expect(await isOurs(produce)).toBe(false)
  await compare(produce)
})

test.each([0, 1, 100, 200, 242, 243, 300, 5_000])('a client id of %i bytes goes before the body', async (size) => {
  await compare({ ...plain, topicData: toTopicData(toMessages(2)) }, 'c'.repeat(size))
})

test('no answer is awaited where none was asked for', () => {
  const expects = (acks: number) =>
    ours
      .get(7)?.({ ...plain, acks, topicData: [] })
      .expectResponse()
  expect([expects(-1), expects(0), expects(1)]).toEqual([true, false, true])
})
