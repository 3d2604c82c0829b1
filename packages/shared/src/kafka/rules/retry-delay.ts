/**
 * How long a message waits for its next attempt: anything up to `longestMs`, so that what failed together does not come
 * back together ("full jitter", AWS Architecture Blog, "Exponential Backoff And Jitter"). The delays themselves grow.
 * @param random from 0 up to but not 1. @returns whole milliseconds.
 */
export function jitteredDelay(longestMs: number, random: number): number {
  return Math.floor(random * (longestMs + 1))
}

/**
 * How long a message that was put away at `sentAt` still has to wait. Two clocks meet here, the writer's and ours, and
 * either may be hours off: the wait is never longer than the delay itself, and never negative.
 * @returns milliseconds from `now`.
 */
export function remainingDelay(wait: {
  readonly sentAt: number
  readonly delayMs: number
  readonly now: number
}): number {
  const left = wait.sentAt + wait.delayMs - wait.now
  return Number.isFinite(left) ? Math.min(Math.max(left, 0), wait.delayMs) : 0
}
