import { ByteWriter } from './byte-writer.ts'
import { crc32c } from './crc32c.ts'
import { RECORD_OVERHEAD_BYTES } from './record-overhead.ts'
import { type RecordToWrite, writeRecord } from './write-record.ts'

/** What a producer that is neither idempotent nor transactional sends, not compressed. */
export interface ProduceToEncode {
  readonly acks: number
  /** Milliseconds. */
  readonly timeout: number
  readonly topicData: readonly {
    readonly topic: string
    readonly partitions: readonly PartitionToEncode[]
  }[]
}

interface PartitionToEncode {
  readonly partition: number
  readonly messages: readonly RecordToWrite[]
}

/** Of a batch beside its records, for a guess. */
const BATCH_OVERHEAD_BYTES = 128

const MAGIC = 2

/**
 * The body of a produce request, versions 3 to 7 (https://kafka.apache.org/protocol#The_Messages_Produce).
 * @param now milliseconds since the epoch: the time of every record.
 */
export function encodeProduce({ acks, timeout, topicData }: ProduceToEncode, now: number): ByteWriter {
  const writer = new ByteWriter(guessSize(topicData))
  writer.int16(-1) // no transactional id
  writer.int16(acks)
  writer.int32(timeout)
  writer.int32(topicData.length)
  for (const { topic, partitions } of topicData) {
    writer.string(topic)
    writer.int32(partitions.length)
    for (const { partition, messages } of partitions) {
      writer.int32(partition)
      writeRecordBatch(writer, messages, now)
    }
  }
  return writer
}

/** Its size and the batch itself, version 2 (https://kafka.apache.org/documentation/#recordbatch). */
function writeRecordBatch(writer: ByteWriter, messages: readonly RecordToWrite[], now: number): void {
  const size = writer.reserve(4)
  writer.int64(0) // base offset: the broker's to say
  const length = writer.reserve(4)
  writer.int32(0) // partition leader epoch: the broker's to say
  writer.int8(MAGIC)
  const checksum = writer.reserve(4)
  const checked = writer.position
  writer.int16(0) // attributes: not compressed, the producer's time, no transaction
  writer.int32(messages.length - 1)
  writer.int64(now) // first and greatest time
  writer.int64(now)
  writer.int64(-1) // no producer id, epoch or sequence
  writer.int16(0)
  writer.int32(0)
  writer.int32(messages.length)
  let offsetDelta = 0
  for (const message of messages) {
    writeRecord(writer, message, offsetDelta)
    offsetDelta += 1
  }
  writer.setInt32(size, writer.position - size - 4)
  writer.setInt32(length, writer.position - length - 4)
  writer.setInt32(checksum, crc32c(writer.since(checked)))
}

function guessSize(topicData: ProduceToEncode['topicData']): number {
  let size = 0
  for (const { partitions } of topicData) {
    for (const { messages } of partitions) {
      size += BATCH_OVERHEAD_BYTES
      for (const { value } of messages) size += (value?.length ?? 0) + RECORD_OVERHEAD_BYTES
    }
  }
  return size
}
