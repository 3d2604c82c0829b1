export interface RecordToEncode {
  /** Place in its batch. */
  readonly offsetDelta?: number
  /** Milliseconds since the batch's first record. */
  readonly timestampDelta?: number
  readonly key: string | Buffer | null
  readonly value: string | Buffer | null
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>
}

type HeaderValue = string | Buffer

/** In the shape that kafkajs joins: it looks for the one and takes the other. */
export interface EncodedRecord {
  readonly buf: Buffer
  readonly buffer: Buffer
}

/** Lengths below this, and the numbers of zigzag below half of it, are written with 32-bit arithmetic. */
const MAX_INT32 = 2 ** 30

/**
 * One record of a Kafka record batch, version 2: its length and its body
 * (https://kafka.apache.org/documentation/#record).
 */
export function encodeRecord(record: RecordToEncode): EncodedRecord {
  const { offsetDelta = 0, timestampDelta = 0, key, value, headers = {} } = record
  const entries = toEntries(headers)
  const keySize = sizeOf(key)
  const valueSize = sizeOf(value)
  let bodySize =
    1 +
    sizeOfVarLong(timestampDelta) +
    sizeOfVarInt(offsetDelta) +
    sizeOfBytes(key, keySize) +
    sizeOfBytes(value, valueSize) +
    sizeOfVarInt(entries.length)
  for (const [name, text] of entries) bodySize += sizeOfBytes(name, sizeOf(name)) + sizeOfBytes(text, sizeOf(text))

  const buffer = Buffer.allocUnsafe(sizeOfVarInt(bodySize) + bodySize)
  let at = writeVarInt(buffer, 0, bodySize)
  buffer[at] = 0 // attributes: none are defined
  at = writeVarLong(buffer, at + 1, timestampDelta)
  at = writeVarInt(buffer, at, offsetDelta)
  at = writeBytes(buffer, at, key, keySize)
  at = writeBytes(buffer, at, value, valueSize)
  at = writeVarInt(buffer, at, entries.length)
  for (const [name, text] of entries) {
    at = writeBytes(buffer, at, name, sizeOf(name))
    at = writeBytes(buffer, at, text, sizeOf(text))
  }
  return { buf: buffer, buffer }
}

function toEntries(headers: NonNullable<RecordToEncode['headers']>): (readonly [string, HeaderValue])[] {
  const entries: (readonly [string, HeaderValue])[] = []
  for (const name of Object.keys(headers)) {
    const value = headers[name] as HeaderValue | readonly HeaderValue[]
    if (Array.isArray(value)) for (const one of value as readonly HeaderValue[]) entries.push([name, one])
    else entries.push([name, value as HeaderValue])
  }
  return entries
}

/** Bytes of a text in UTF-8, or of bytes; -1 stands for null. */
function sizeOf(value: HeaderValue | null): number {
  if (value === null || value === undefined) return -1
  return typeof value === 'string' ? Buffer.byteLength(value) : value.length
}

const sizeOfBytes = (value: HeaderValue | null, size: number) => sizeOfVarInt(size) + (value == null ? 0 : size)

function writeBytes(buffer: Buffer, at: number, value: HeaderValue | null, size: number): number {
  const start = writeVarInt(buffer, at, size)
  if (value == null) return start
  if (typeof value === 'string') buffer.write(value, start)
  else buffer.set(value, start)
  return start + size
}

const zigZag = (value: number) => ((value << 1) ^ (value >> 31)) >>> 0

function sizeOfVarInt(value: number): number {
  let rest = zigZag(value) >>> 7
  let size = 1
  for (; rest !== 0; rest >>>= 7) size += 1
  return size
}

function writeVarInt(buffer: Buffer, at: number, value: number): number {
  let next = at
  let rest = zigZag(value)
  for (; rest > 0x7f; rest >>>= 7) {
    buffer[next] = (rest & 0x7f) | 0x80
    next += 1
  }
  buffer[next] = rest
  return next + 1
}

/** Beyond 32 bits seldom: batches whose messages bring times of their own, days apart. */
const isSmall = (value: number) => value > -MAX_INT32 && value < MAX_INT32

const zigZag64 = (value: number) => {
  const long = BigInt(value)
  return BigInt.asUintN(64, (long << 1n) ^ (long >> 63n))
}

function sizeOfVarLong(value: number): number {
  if (isSmall(value)) return sizeOfVarInt(value)
  let rest = zigZag64(value) >> 7n
  let size = 1
  for (; rest !== 0n; rest >>= 7n) size += 1
  return size
}

function writeVarLong(buffer: Buffer, at: number, value: number): number {
  if (isSmall(value)) return writeVarInt(buffer, at, value)
  let next = at
  let rest = zigZag64(value)
  for (; rest > 0x7fn; rest >>= 7n) {
    buffer[next] = Number(rest & 0x7fn) | 0x80
    next += 1
  }
  buffer[next] = Number(rest)
  return next + 1
}
