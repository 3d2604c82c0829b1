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

test('an ended assignment is not active and says so to what works for it', () => {
  const assignment = new Assignment({ t: [0] })
  assignment.end()
  expect(assignment.active).toBe(false)
  expect(assignment.signal.aborted).toBe(true)
})

test('a fetch that goes on where the last one ended has no gap', () => {
  const assignment = new Assignment({ t: [0] })
  assignment.startAt({ topic: 't', partition: 0, offset: 500 })
  expect(assignment.gapBefore('t', 0, 500)).toBeUndefined()
  assignment.handOut(batch(500, [500, 501]))
  expect(assignment.gapBefore('t', 0, 502)).toBeUndefined()
  expect(assignment.gapBefore('t', 0, 600)).toBe(502)
})

test('offsets without a message are no gap, and those that a stale fetch found beyond unread ones say nothing', () => {
  const assignment = new Assignment({ t: [0] })
  assignment.startAt({ topic: 't', partition: 0, offset: 10 })
  assignment.passOver('t', 0, 12, 13)
  expect(assignment.gapBefore('t', 0, 14)).toBe(10)
  assignment.passOver('t', 0, 10, 11)
  expect(assignment.gapBefore('t', 0, 12)).toBeUndefined()
  expect(assignment.gapBefore('t', 0, 14)).toBe(12)
})
