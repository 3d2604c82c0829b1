import { expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import type { Fetched } from './fetch-partition.ts'
import { type OffsetRange, type RangeSource, readRange } from './read-range.ts'

const range: OffsetRange = { topic: 't', partition: 0, from: 0, to: 10 }
const quick = { initialDelay: 1, maxDelay: 1 }

/** A log of messages at these offsets, read at most `size` at once; what `fetch` throws or returns goes before. */
function logOf(
  offsets: readonly number[],
  over: { size?: number; fetch?: (offset: number) => Fetched | undefined } = {},
) {
  const fetched: number[] = []
  let refreshed = 0
  const source: RangeSource = {
    fetch: async (topic, partition, offset) => {
      fetched.push(offset)
      const special = over.fetch?.(offset)
      if (special !== undefined) return special
      const found = offsets.filter((candidate) => candidate >= offset).slice(0, over.size)
      const messages = found.map((at) => ({
        ...{ topic, partition, offset: String(at), key: null, value: null, headers: {}, timestamp: 0 },
      }))
      return { messages, next: (found.at(-1) ?? offset) + 1, highWatermark: 10 }
    },
    refreshLeaders: async () => {
      refreshed += 1
    },
    firstKept: async () => 4,
  }
  return { source, fetched, refreshed: () => refreshed }
}

async function read(source: RangeSource, onExpired?: (range: OffsetRange) => void): Promise<number[]> {
  const found: number[] = []
  const options = onExpired === undefined ? {} : { onExpired }
  for await (const { offset } of readRange(source, range, options, quick)) found.push(Number(offset))
  return found
}

const outOfRange = () => Object.assign(new Error('gone'), { type: 'OFFSET_OUT_OF_RANGE' })
const away = () => new AppError('away', { code: 'kafka_unavailable', fate: 'unavailable' })

test('ends although the last offsets hold no message', async () => {
  const log = logOf([0, 3], { size: 1 })
  expect(await read(log.source)).toEqual([0, 3])
  expect(log.fetched).toEqual([0, 1, 4, 5, 6, 7, 8, 9])
})

test('passes a batch whose messages are all gone without missing those behind it', async () => {
  const empty = (offset: number) => ({ messages: [], next: offset + 1, highWatermark: 10 })
  const log = logOf([0, 9], { fetch: (offset) => (offset >= 2 && offset < 6 ? empty(offset) : undefined), size: 1 })
  expect(await read(log.source)).toEqual([0, 9])
})

test('takes an empty answer for nothing while the leader does not show what another showed', async () => {
  let answers = 0
  const behind = { messages: [], next: 1, highWatermark: 0 }
  const log = logOf([0, 5], { fetch: () => (answers++ < 3 ? behind : undefined) })
  expect(await read(log.source)).toEqual([0, 5])
  expect(log.refreshed()).toBe(3)
})

test('tries again what passes, and asks who leads the partition', async () => {
  let failures = 0
  const log = logOf([0, 5], {
    fetch: () => {
      if (failures++ < 2) throw away()
      return undefined
    },
  })
  expect(await read(log.source)).toEqual([0, 5])
  expect(log.refreshed()).toBe(2)
})

test('gives up on a partition that stays away', async () => {
  const log = logOf([0], {
    fetch: () => {
      throw away()
    },
  })
  await expect(read(log.source)).rejects.toMatchObject({ code: 'kafka_unavailable', message: /t\/0.*offset 0: away/ })
})

test('tells of offsets that expired, once, and goes on with the first that is kept', async () => {
  const log = logOf([4, 7], {
    fetch: (offset) => {
      if (offset < 4) throw outOfRange()
      return undefined
    },
  })
  const expired: OffsetRange[] = []
  expect(await read(log.source, (gone) => expired.push(gone))).toEqual([4, 7])
  expect(expired).toEqual([{ ...range, to: 4 }])
})

test('refuses offsets that the broker does not have and does not keep later ones for', async () => {
  const log = logOf([], {
    fetch: () => {
      throw outOfRange()
    },
  })
  await expect(read({ ...log.source, firstKept: async () => 0 })).rejects.toMatchObject({ code: 'offset_out_of_range' })
})
