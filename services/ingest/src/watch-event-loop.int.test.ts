import { expect, onTestFinished, test } from 'vitest'
import { watchEventLoop } from './watch-event-loop.ts'

/** Keeps the event loop from its next turn, without using the processor. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

test('a loop whose turns are long is late, by no more than the cap, and not late any more once they are short', async () => {
  const watch = watchEventLoop(100)
  onTestFinished(watch.stop)
  const late = () => {
    block(200)
    return watch.delayMs()
  }
  await expect.poll(late, { interval: 1, timeout: 10_000 }).toBeGreaterThan(50)
  expect(watch.delayMs()).toBeLessThanOrEqual(100)
  await expect.poll(() => watch.delayMs(), { timeout: 30_000 }).toBeLessThan(50)
})
