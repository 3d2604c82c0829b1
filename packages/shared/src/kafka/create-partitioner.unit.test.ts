import fc from 'fast-check'
import { type PartitionerArgs, Partitioners, type PartitionMetadata } from 'kafkajs'
import { expect, test } from 'vitest'
import { createPartitioner } from './create-partitioner.ts'

const toMetadata = (leaders: readonly number[]): PartitionMetadata[] =>
  leaders.map((leader, partitionId) => ({
    partitionId,
    leader,
    partitionErrorCode: 0,
    replicas: [],
    isr: [],
    offlineReplicas: [],
  }))

const keys = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array)),
)

test('a key has the partition that kafkajs gives it', () => {
  const [ours, theirs] = [createPartitioner(), Partitioners.DefaultPartitioner()]
  fc.assert(
    fc.property(keys, fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 1, maxLength: 60 }), (key, leaders) => {
      const args = { topic: 't', partitionMetadata: toMetadata(leaders), message: { key, value: null } }
      expect(ours(args)).toBe(theirs(args))
    }),
    { numRuns: 2_000 },
  )
})

test('a message that names its partition goes there, whatever its key', () => {
  const partitionMetadata = toMetadata([1, 1, 1])
  expect(createPartitioner()({ topic: 't', partitionMetadata, message: { key: 'a', value: null, partition: 2 } })).toBe(
    2,
  )
})

test('messages without a key take turns among the partitions that have a leader', () => {
  const partition = createPartitioner()
  const args: PartitionerArgs = {
    topic: 't',
    partitionMetadata: toMetadata([1, -1, 2, 3]),
    message: { key: null, value: null },
  }
  const turns = Array.from({ length: 6 }, () => partition(args))
  expect(turns.slice(0, 3).sort()).toEqual([0, 2, 3])
  expect(turns.slice(3)).toEqual(turns.slice(0, 3))
})
