import { expect, test } from 'vitest'
import { Assignment } from './assignment.ts'
import type { IncomingMessage } from './incoming.ts'

const message = (offset: number): IncomingMessage => ({
  topic: 't',
  partition: 0,
  offset: String(offset),
  key: null,
  value: null,
  headers: {},
  timestamp: 0,
})

const batch = (fetchedOffset: number, offsets: readonly number[]) => ({
  topic: 't',
  partition: 0,
  fetchedOffset,
  lastOffset: offsets.at(-1) ?? fetchedOffset,
  messages: offsets.map(message),
})

const offsetsOf = (messages: readonly IncomingMessage[]) => messages.map(({ offset }) => Number(offset))

test('a message is handed out once, also when two fetches bring it', () => {
  const assignment = new Assignment({ t: [0] })
  expect(offsetsOf(assignment.handOut(batch(10, [10, 11, 12])))).toEqual([10, 11, 12])
  expect(offsetsOf(assignment.handOut(batch(10, [11, 12, 13])))).toEqual([13])
})

test('a partition that is not ours hands out nothing', () => {
  const assignment = new Assignment({ t: [1] })
  expect(assignment.handOut(batch(0, [0, 1]))).toEqual([])
})

test('what was committed is not offered for a commit again', () => {
  const assignment = new Assignment({ t: [0] })
  assignment.handOut(batch(10, [10, 11]))
  assignment.finish(message(10))
  expect(assignment.committable()).toEqual([{ topic: 't', partition: 0, offset: 11 }])
  assignment.noteCommitted(assignment.committable())
  expect(assignment.committable()).toEqual([])
})

test('a stale fetch after a rebalance that would skip messages is sought back, once', () => {
  const before = new Assignment({ t: [0] })
  before.handOut(batch(10, [10, 11, 12]))
  before.finish(message(10))
  before.noteCommitted(before.committable())
  before.end()
  const after = new Assignment({ t: [0] }, before)
  expect(after.gapBefore('t', 0, 13)).toBe(11)
  expect(after.gapBefore('t', 0, 13)).toBeUndefined()
  expect(before.active).toBe(false)
  expect(before.signal.aborted).toBe(true)
})

test('a fetch that goes on where the last one ended has no gap', () => {
  const assignment = new Assignment({ t: [0] })
  expect(assignment.gapBefore('t', 0, 500)).toBeUndefined()
  assignment.handOut(batch(500, [500, 501]))
  expect(assignment.gapBefore('t', 0, 502)).toBeUndefined()
  expect(assignment.gapBefore('t', 0, 600)).toBe(502)
})
