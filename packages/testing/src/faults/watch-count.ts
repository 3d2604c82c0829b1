import { setTimeout as wait } from 'node:timers/promises'
import type { OnEnd } from './on-end.ts'

const POLL_MS = 40

/** How a count that only grows has grown. Times are in milliseconds, of `performance.now()`. */
export interface CountWatch {
  /** The longest time without growth since the start, or since `from`, up to the last growth. */
  longestStallMs(from?: number): number
  /** When it last grew. */
  lastGrowthAt(): number
}

/**
 * Watches a count until the end of the test, for figures that are printed: how long nothing moved, and until when.
 * A count that cannot be read, because what is asked is away, has not grown.
 */
export function watchCount(onEnd: OnEnd, count: () => number | Promise<number>): CountWatch {
  const growths = [performance.now()]
  const readCount = async () => count()
  const ended = new AbortController()
  const watch = async () => {
    for (let last = 0; !ended.signal.aborted; ) {
      const now = await readCount().catch(() => last)
      if (now > last) growths.push(performance.now())
      last = now
      await wait(POLL_MS, undefined, { signal: ended.signal }).catch(() => {})
    }
  }
  const watching = watch()
  onEnd(async () => {
    ended.abort()
    await watching
  })
  return {
    longestStallMs: (from = 0) =>
      growths.reduce((longest, at, index) => {
        const before = growths[index - 1] ?? at
        return at < from ? longest : Math.max(longest, at - Math.max(before, from))
      }, 0),
    lastGrowthAt: () => growths.at(-1) ?? 0,
  }
}
