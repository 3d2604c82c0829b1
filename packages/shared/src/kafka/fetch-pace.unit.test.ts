import { expect, onTestFinished, test, vi } from 'vitest'
import { createFetchPace } from './fetch-pace.ts'

test('the callbacks of one fetch share a rest, and the next fetch has one of its own', async () => {
  vi.useFakeTimers()
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const rest = createFetchPace(50)
  let over = 0
  const note = () => {
    over += 1
  }
  void rest().then(note)
  await vi.advanceTimersByTimeAsync(30)
  void rest().then(note)
  await vi.advanceTimersByTimeAsync(19)
  expect(over).toBe(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(over).toBe(2)

  void rest().then(note)
  await vi.advanceTimersByTimeAsync(49)
  expect(over).toBe(2)
  await vi.advanceTimersByTimeAsync(1)
  expect(over).toBe(3)
})
