import { createRequire } from 'node:module'
import { ByteWriter } from './rules/byte-writer.ts'
import { encodeProduce, type ProduceToEncode } from './rules/encode-produce.ts'

/** A request as kafkajs makes it of what it is about; `encode` is called once each time it is sent. */
type CreateProduce = (produce: Produce) => { encode(): Promise<unknown> }

interface Produce extends ProduceToEncode {
  readonly transactionalId?: string | null
  readonly producerId?: unknown
  readonly compression?: number
}

interface Encoder {
  readonly buffer: Buffer
  writeEncoder(value: unknown): unknown
}

// Internal to kafkajs, therefore without types; the version is pinned by the lockfile.
const require = createRequire(import.meta.url)
const PRODUCE = require.resolve('kafkajs/src/protocol/requests/produce/v3/request')
const createProduce = require(PRODUCE) as CreateProduce
const { prototype } = require('kafkajs/src/protocol/encoder') as { prototype: Encoder }
const { writeEncoder } = prototype

/**
 * kafkajs 2.2.4 encodes a produce request in zeroed buffers: one for each header, record, batch, partition and topic, each
 * copied into the next, one for every number, and two more for the request's header and length. It computes checksums
 * byte by byte. After this a request is written once, into the one buffer that goes to the socket: byte for byte the same
 * (the tests compare) for a fraction of the processor time (docs/performance.md). What no service sends is left to
 * kafkajs: transactions, idempotence, compression, and messages that bring their time.
 * Must come before the first produce request: kafkajs loads versions 4 to 7, which are made of version 3, as late as that.
 */
export function replaceEncoders(): void {
  const loaded = require.cache[PRODUCE]
  if (loaded !== undefined) loaded.exports = createOurs
  prototype.writeEncoder = writeOrPrepend
}

const createOurs: CreateProduce = (produce) => {
  const request = createProduce(produce)
  return isPlain(produce) ? { ...request, encode: async () => encodeProduce(produce, Date.now()) } : request
}

function isPlain({ transactionalId, producerId = -1, compression = 0, topicData }: Produce): boolean {
  return (
    (transactionalId === undefined || transactionalId === null) &&
    producerId === -1 &&
    compression === 0 &&
    topicData.every(({ partitions }) => partitions.every(({ messages }) => messages.every(hasNoTime)))
  )
}

function hasNoTime(message: { readonly value: unknown; readonly timestamp?: unknown }): boolean {
  return message.timestamp === undefined || message.timestamp === null
}

/** Where kafkajs would copy our body behind a header, the header goes before the body. */
function writeOrPrepend(this: Encoder, value: unknown): unknown {
  if (!(value instanceof ByteWriter)) return writeEncoder.call(this, value)
  if (value.prepend(this.buffer)) return value
  return writeEncoder.call(this, { buf: value.buffer, buffer: value.buffer })
}
