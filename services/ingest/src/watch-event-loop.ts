import { monitorEventLoopDelay } from 'node:perf_hooks'
import { smooth } from './rules/early-drop.ts'

/** How often the loop is asked for a turn, and how often the mean of that is taken (milliseconds). */
const RESOLUTION_MS = 20
const SAMPLE_EVERY_MS = 500

export interface EventLoopWatch {
  /** How late a turn comes, in milliseconds: the mean of half a second, smoothed over some seconds, at most the cap. */
  delayMs(): number
  stop(): void
}

/**
 * Measures how late the event loop is: how long something that is due waits for its turn. A busy loop is not late: at full
 * speed with 64 connections a turn takes a few milliseconds. Each half second counts for `capMs` at most.
 */
export function watchEventLoop(capMs: number): EventLoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  let delayMs = 0
  const timer = setInterval(() => {
    // The histogram holds the time from turn to turn, which is the resolution where nothing is late.
    if (histogram.count > 0) delayMs = smooth(delayMs, Math.max(0, histogram.mean / 1e6 - RESOLUTION_MS), capMs)
    histogram.reset()
  }, SAMPLE_EVERY_MS)
  timer.unref()
  histogram.enable()
  return {
    delayMs: () => delayMs,
    stop: () => {
      clearInterval(timer)
      histogram.disable()
    },
  }
}
