import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { Assignment } from './assignment.ts'
import { createHoldingArea } from './holding-area.ts'
import type { Task } from './task.ts'

const NOW = Date.parse('2026-01-15T09:30:00Z')
const HOUR_MS = 3_600_000

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
  onTestFinished(() => {
    vi.useRealTimers()
  })
})

const assignment = new Assignment({ 't.retry.1': [0] })

const task = (offset: number, delayMs: number, sentAt = NOW, bytes = 1): Task => ({
  assignment,
  delivery: { topic: 't', partition: 0, offset: '0', attempt: 2, delayMs },
  message: {
    topic: 't.retry.1',
    partition: 0,
    offset: String(offset),
    key: null,
    value: Buffer.alloc(bytes),
    headers: {},
    timestamp: sentAt,
  },
})

function setUp() {
  const released: string[] = []
  const full: boolean[] = []
  const area = createHoldingArea({
    release: (tasks) => released.push(...tasks.map(({ message }) => message.offset)),
    onFull: (_topic, _partition, isFull) => full.push(isFull),
    now: Date.now,
  })
  return { area, released, full }
}

test('each comes out when it is due, whatever waits in front of it', () => {
  const { area, released } = setUp()
  area.add([task(1, HOUR_MS), task(2, 1_000), task(3, 0), task(4, 1_000, NOW - 400)])
  expect(released).toEqual(['3'])
  vi.advanceTimersByTime(600)
  expect(released).toEqual(['3', '4'])
  vi.advanceTimersByTime(400)
  expect(released).toEqual(['3', '4', '2'])
  vi.advanceTimersByTime(HOUR_MS)
  expect(released).toEqual(['3', '4', '2', '1'])
  expect(area.held).toBe(0)
})

test('a writer whose clock is hours ahead costs one delay, and a clock that is set meanwhile nothing', () => {
  const { area, released } = setUp()
  area.add([task(1, 1_000, NOW + 5 * HOUR_MS)])
  vi.setSystemTime(NOW - 10 * HOUR_MS)
  vi.advanceTimersByTime(1_000)
  expect(released).toEqual(['1'])
})

test('a partition with as many as it may hold is full until half of them are gone', () => {
  const { area, full } = setUp()
  area.add(Array.from({ length: 500 }, (_, index) => task(index, 1_000 + index)))
  expect(full).toEqual([])
  area.add([task(500, 5_000)])
  expect(full).toEqual([true])
  vi.advanceTimersByTime(1_200)
  expect(full).toEqual([true])
  vi.advanceTimersByTime(300)
  expect(full).toEqual([true, false])
})

test('a few large messages fill a partition as many small ones do', () => {
  const { area, full } = setUp()
  area.add([task(1, 1_000, NOW, 1_500_000), task(2, 1_000, NOW, 1_500_000)])
  expect(full).toEqual([true])
})

test('what is cleared comes out no more', () => {
  const { area, released } = setUp()
  area.add([task(1, 1_000)])
  area.clear()
  vi.advanceTimersByTime(2_000)
  expect(released).toEqual([])
  expect(area.held).toBe(0)
})
