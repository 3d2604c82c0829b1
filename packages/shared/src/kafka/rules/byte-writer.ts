/** Bytes left free in front of what is written. */
const ROOM_IN_FRONT = 256

const MAX_VARINT_BYTES = 5

/** A text below this length has its length in one byte, and is written sooner by a loop than by a call into the runtime. */
const SHORT_TEXT = 64

/**
 * Writes numbers, texts and bytes as Kafka's protocol has them (https://kafka.apache.org/protocol#protocol_types), one
 * after the other into one buffer. It is not zeroed, grows where it must, and has room in front for a header that is known
 * only afterwards. Positions count from the buffer's beginning.
 */
export class ByteWriter {
  #bytes: Buffer
  #start = ROOM_IN_FRONT
  #end = ROOM_IN_FRONT

  /** @param expectedSize in bytes; to exceed it costs a copy. */
  constructor(expectedSize: number) {
    this.#bytes = Buffer.allocUnsafe(ROOM_IN_FRONT + expectedSize)
  }

  /** All that was written; shared, not copied. */
  get buffer(): Buffer {
    return this.#bytes.subarray(this.#start, this.#end)
  }

  /** Bytes written. */
  size(): number {
    return this.#end - this.#start
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#end
  }

  /** What was written from a position on; shared, not copied. */
  since(position: number): Buffer {
    return this.#bytes.subarray(position, this.#end)
  }

  /** Puts bytes before all that was written. False, and nothing is done, where they are more than there is room for. */
  prepend(bytes: Buffer): boolean {
    if (bytes.length > this.#start) return false
    this.#start -= bytes.length
    this.#bytes.set(bytes, this.#start)
    return true
  }

  /** Leaves bytes free, to be filled in later; returns their position. */
  reserve(size: number): number {
    this.#ensure(size)
    const position = this.#end
    this.#end += size
    return position
  }

  int8(value: number): void {
    const position = this.reserve(1)
    this.#bytes[position] = value
  }

  int16(value: number): void {
    const position = this.reserve(2)
    this.#bytes[position] = value >> 8
    this.#bytes[position + 1] = value
  }

  int32(value: number): void {
    this.setInt32(this.reserve(4), value)
  }

  /** @param value a whole number that a double holds exactly. */
  int64(value: number): void {
    this.int32(Math.floor(value / 2 ** 32))
    this.int32(value)
  }

  setInt32(position: number, value: number): void {
    const bytes = this.#bytes
    bytes[position] = value >> 24
    bytes[position + 1] = value >> 16
    bytes[position + 2] = value >> 8
    bytes[position + 3] = value
  }

  varInt(value: number): void {
    this.#ensure(MAX_VARINT_BYTES)
    this.#end = this.#writeVarInt(this.#end, value)
  }

  /** Fills in the `reserved` bytes at a position; what follows makes way where the number takes more or fewer. */
  setVarInt(position: number, reserved: number, value: number): void {
    const size = sizeOfVarInt(value)
    if (size !== reserved) {
      this.#ensure(size)
      this.#bytes.copyWithin(position + size, position + reserved, this.#end)
      this.#end += size - reserved
    }
    this.#writeVarInt(position, value)
  }

  /** A text behind its length in bytes, of 16 bits. */
  string(text: string): void {
    const size = Buffer.byteLength(text)
    this.int16(size)
    this.#utf8(text, size)
  }

  /** Bytes, or a text in UTF-8, behind a varint of their length; null is the length -1. */
  varBytes(value: string | Buffer | null | undefined): void {
    if (value === null || value === undefined) {
      this.varInt(-1)
    } else if (typeof value !== 'string') {
      this.varInt(value.length)
      const position = this.reserve(value.length)
      this.#bytes.set(value, position)
    } else if (!this.#shortAscii(value)) {
      const size = Buffer.byteLength(value)
      this.varInt(size)
      this.#utf8(value, size)
    }
  }

  #utf8(text: string, size: number): void {
    const position = this.reserve(size)
    this.#bytes.write(text, position, size)
  }

  /** Writes a text behind its length if it is short and plain ASCII, and tells whether it was. */
  #shortAscii(text: string): boolean {
    const { length } = text
    if (length >= SHORT_TEXT) return false
    this.#ensure(1 + length)
    const bytes = this.#bytes
    const start = this.#end + 1
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index)
      if (unit > 0x7f) return false
      bytes[start + index] = unit
    }
    bytes[start - 1] = zigZag(length)
    this.#end = start + length
    return true
  }

  #writeVarInt(position: number, value: number): number {
    const bytes = this.#bytes
    let next = position
    let rest = zigZag(value)
    for (; rest > 0x7f; rest >>>= 7) {
      bytes[next] = (rest & 0x7f) | 0x80
      next += 1
    }
    bytes[next] = rest
    return next + 1
  }

  #ensure(size: number): void {
    if (this.#end + size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (this.#end + size))
    larger.set(this.#bytes.subarray(0, this.#end))
    this.#bytes = larger
  }
}

const zigZag = (value: number) => ((value << 1) ^ (value >> 31)) >>> 0

function sizeOfVarInt(value: number): number {
  let rest = zigZag(value) >>> 7
  let size = 1
  for (; rest !== 0; rest >>>= 7) size += 1
  return size
}
