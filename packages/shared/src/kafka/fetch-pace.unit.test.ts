import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createFetchPace } from './fetch-pace.ts'

beforeEach(() => {
  vi.useFakeTimers()
  onTestFinished(() => {
    vi.useRealTimers()
  })
})

const empty = { isFull: () => false, queued: () => 0 }

test('the callbacks of one small fetch share a rest, and the next fetch has one of its own', async () => {
  const pause = createFetchPace({ restMs: 50, ...empty })
  let over = 0
  const note = () => {
    over += 1
  }
  void pause(1).then(note)
  await vi.advanceTimersByTimeAsync(30)
  void pause(1).then(note)
  await vi.advanceTimersByTimeAsync(19)
  expect(over).toBe(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(over).toBe(2)

  void pause(1).then(note)
  await vi.advanceTimersByTimeAsync(49)
  expect(over).toBe(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(over).toBe(3)
})

test('after a large fetch there is no rest', async () => {
  const pause = createFetchPace({ restMs: 50, ...empty })
  let isOver = false
  void Promise.all([pause(700), pause(700)]).then(() => {
    isOver = true
  })
  await vi.advanceTimersByTimeAsync(0)
  expect(isOver).toBe(true)
})

test('a memory that empties fast holds the next fetch back until there is room', async () => {
  let queued = 4_000
  const pause = createFetchPace({ restMs: 0, isFull: () => queued > 2_000, queued: () => queued })
  let isOver = false
  void pause(5_000).then(() => {
    isOver = true
  })
  const draining = setInterval(() => {
    queued -= 500
  }, 10)
  onTestFinished(() => clearInterval(draining))
  await vi.advanceTimersByTimeAsync(30)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(30)
  expect(isOver).toBe(true)
})

test('a memory that hardly empties holds nothing back for long: its partitions are paused instead', async () => {
  const pause = createFetchPace({ restMs: 0, isFull: () => true, queued: () => 4_000 })
  let isOver = false
  void pause(5_000).then(() => {
    isOver = true
  })
  await vi.advanceTimersByTimeAsync(50)
  expect(isOver).toBe(true)
})
