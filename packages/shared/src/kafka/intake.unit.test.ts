import type { EachBatchPayload } from 'kafkajs'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { Assignment } from './assignment.ts'
import { takeIn } from './intake.ts'

const PARTITION = { topic: 't', partition: 0 }

/** A fetch that asked for the first of these offsets, or for another one. */
function fetched(offsets: readonly number[], fetchedOffset = offsets[0] ?? 0): EachBatchPayload['batch'] {
  const messages = offsets.map((offset) => ({
    offset: String(offset),
    key: null,
    value: null,
    timestamp: '0',
    headers: {},
  }))
  const batch = {
    ...PARTITION,
    fetchedOffset: String(fetchedOffset),
    messages,
    lastOffset: () => messages.at(-1)?.offset,
  }
  return batch as unknown as EachBatchPayload['batch']
}

/** A group that committed 11, of messages from 0 on, and has finished nothing since. */
function setUp() {
  const broker = { committed: 11, first: 0, answers: true }
  const sought: number[] = []
  let current: Assignment | undefined
  const join = (partitions: readonly number[] = [0]) => {
    current?.end()
    current = new Assignment({ t: partitions })
    return current
  }
  const ask = () => {
    if (!broker.answers) throw new Error('away')
  }
  const take = async (assignment: Assignment, batch: EachBatchPayload['batch']) => {
    const tasks = await takeIn(batch, assignment, undefined, {
      starts: {
        read: async (of) => {
          ask()
          of.startAt({ ...PARTITION, offset: broker.committed })
        },
        firstOf: async () => {
          ask()
          return broker.first
        },
      },
      seek: ({ offset }) => sought.push(Number(offset)),
      logger: pino({ level: 'silent' }),
    })
    return tasks?.map(({ message }) => Number(message.offset))
  }
  return { broker, sought, join, take }
}

/** What an assignment commits once all that it handed out is finished. */
function committedAfter(assignment: Assignment, offsets: readonly number[]): number | undefined {
  for (const offset of offsets) {
    assignment.finish({ ...PARTITION, offset: String(offset), key: null, value: null, headers: {}, timestamp: 0 })
  }
  return assignment.committable()[0]?.offset
}

test('a fetch of the assignment before the last two joins skips nothing', async () => {
  const { join, take, sought } = setUp()
  expect(await take(join(), fetched([11, 12]))).toEqual([11, 12])
  join()
  join()
  const last = join()
  expect(await take(last, fetched([13, 14]))).toBeUndefined()
  expect(committedAfter(last, [13, 14])).toBeUndefined()
  expect(sought).toEqual([11])
  expect(await take(last, fetched([11, 12, 13]))).toEqual([11, 12, 13])
  expect(committedAfter(last, [11, 12, 13])).toBe(14)
})

test('a fetch from before the partition went to another member and came back skips nothing', async () => {
  const { broker, join, take, sought } = setUp()
  expect(await take(join(), fetched([11, 12, 13]))).toEqual([11, 12, 13])
  const without = join([1])
  expect(await take(without, fetched([14]))).toBeUndefined()
  broker.committed = 12
  const back = join()
  expect(await take(back, fetched([14]))).toBeUndefined()
  expect(sought).toEqual([12])
  expect(await take(back, fetched([12, 13, 14]))).toEqual([12, 13, 14])
})

test('a second stale fetch skips no more than the first', async () => {
  const { join, take, sought } = setUp()
  const assignment = join()
  expect(await take(assignment, fetched([13]))).toBeUndefined()
  expect(await take(assignment, fetched([14]))).toBeUndefined()
  expect(sought).toEqual([11, 11])
  expect(await take(assignment, fetched([11, 12]))).toEqual([11, 12])
})

test('messages that the topic does not keep any more are not sought for ever', async () => {
  const { broker, join, take, sought } = setUp()
  broker.first = 40
  const assignment = join()
  expect(await take(assignment, fetched([40, 41]))).toBeUndefined()
  expect(await take(assignment, fetched([40, 41]))).toEqual([40, 41])
  expect(sought).toEqual([11])
})

test('while the broker does not say where the group stands, nothing is taken', async () => {
  const { broker, join, take, sought } = setUp()
  broker.answers = false
  const assignment = join()
  await expect(take(assignment, fetched([13]))).rejects.toThrow('away')
  broker.answers = true
  expect(await take(assignment, fetched([11, 12, 13]))).toEqual([11, 12, 13])
  expect(sought).toEqual([])
})

test('what was asked for an assignment that has ended meanwhile is not taken', async () => {
  const { join, take, sought } = setUp()
  const assignment = join()
  const taking = take(assignment, fetched([11]))
  join()
  expect(await taking).toBeUndefined()
  expect(sought).toEqual([])
})
