import type { OnEnd } from './on-end.ts'

const POLL_MS = 20

/** How a count that only grows has grown. Times are in milliseconds, of `performance.now()`. */
export interface CountWatch {
  /** The longest time without growth since the start, or since `from`, up to the last growth. */
  longestStallMs(from?: number): number
  /** When it last grew. */
  lastGrowthAt(): number
}

/** Watches a count until the end of the test, for figures that are printed: how long nothing moved, and until when. */
export function watchCount(onEnd: OnEnd, count: () => number): CountWatch {
  const growths = [performance.now()]
  let last = count()
  const timer = setInterval(() => {
    const now = count()
    if (now === last) return
    last = now
    growths.push(performance.now())
  }, POLL_MS)
  onEnd(async () => clearInterval(timer))
  return {
    longestStallMs: (from = 0) =>
      growths.reduce((longest, at, index) => {
        const before = growths[index - 1] ?? at
        return at < from ? longest : Math.max(longest, at - Math.max(before, from))
      }, 0),
    lastGrowthAt: () => growths.at(-1) ?? 0,
  }
}
