import type { ByteWriter } from './byte-writer.ts'

export interface RecordToWrite {
  readonly key?: string | Buffer | null
  readonly value: string | Buffer | null
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>
}

type HeaderValue = string | Buffer

/** What nearly every record's length takes, and the number of its headers. */
const LENGTH_BYTES = 2
const COUNT_BYTES = 1

const NO_HEADERS = {}

/**
 * Writes one record of a Kafka record batch, version 2: its length and its body
 * (https://kafka.apache.org/documentation/#record).
 * @param offsetDelta its place in the batch.
 */
export function writeRecord(writer: ByteWriter, record: RecordToWrite, offsetDelta: number): void {
  const start = writer.reserve(LENGTH_BYTES)
  const { key, value, headers = NO_HEADERS } = record
  writer.int8(0) // attributes: none are defined
  writer.int8(0) // milliseconds since the batch's first record
  writer.varInt(offsetDelta)
  writer.varBytes(key)
  writer.varBytes(value)
  writeHeaders(writer, headers)
  writer.setVarInt(start, LENGTH_BYTES, writer.position - start - LENGTH_BYTES)
}

function writeHeaders(writer: ByteWriter, headers: NonNullable<RecordToWrite['headers']>): void {
  const start = writer.reserve(COUNT_BYTES)
  let count = 0
  for (const name of Object.keys(headers)) {
    const value = headers[name] as HeaderValue | readonly HeaderValue[]
    if (Array.isArray(value)) {
      for (const one of value as readonly HeaderValue[]) writeHeader(writer, name, one)
      count += value.length
    } else {
      writeHeader(writer, name, value as HeaderValue)
      count += 1
    }
  }
  writer.setVarInt(start, COUNT_BYTES, count)
}

function writeHeader(writer: ByteWriter, name: string, value: HeaderValue): void {
  writer.varBytes(name)
  writer.varBytes(value)
}
