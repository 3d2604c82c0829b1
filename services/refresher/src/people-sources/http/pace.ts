import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible'
import { PeopleSourceError } from './rules/source-errors.ts'

/** Waits so many milliseconds; rejects with the signal's reason when that is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<unknown>

export interface PaceOptions {
  readonly perSecond: number
  /** Calls that may wait for their turn; more are refused. */
  readonly queue: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly pause: Pause
}

/** When the next request may go: all calls of a process share it. */
export interface Pace {
  /**
   * Resolves when a request may go.
   * @param deadlineAt milliseconds since the epoch.
   * @throws PeopleSourceError `people_source_throttled` at once where that is after the deadline.
   */
  turn(deadlineAt: number, signal: AbortSignal): Promise<void>
  /** Lets no request go for so many milliseconds, at most MAX_HOLD_OFF_MS. Returns how long that is. */
  holdOff(ms: number): number
}

/** A provider that asks for more is asked again after this all the same: the header may be nonsense. */
export const MAX_HOLD_OFF_MS = 15 * 60_000

export function createPace({ perSecond, queue, now, pause }: PaceOptions): Pace {
  const limiter = new RateLimiterQueue(new RateLimiterMemory({ points: perSecond, duration: 1 }), {
    maxQueueSize: queue,
  })
  let notBefore = 0
  return {
    turn: async (deadlineAt, signal) => {
      for (let left = notBefore - now(); left > 0; left = notBefore - now()) {
        if (now() + left > deadlineAt) {
          const words = `not asked, it wants to be left alone for another ${left} ms`
          throw new PeopleSourceError('people_source_throttled', words, left)
        }
        await pause(left, signal)
      }
      // In whole seconds, as the library counts: whoever has given up leaves the queue.
      await limiter.removeTokens(1, undefined, Math.ceil(deadlineAt / 1_000)).catch(() => {
        const words = `not asked, more calls wait than PEOPLE_SOURCE_RATE lets go (${perSecond} a second)`
        throw new PeopleSourceError('people_source_throttled', words)
      })
      signal.throwIfAborted()
    },
    holdOff: (ms) => {
      const held = Math.min(ms, MAX_HOLD_OFF_MS)
      notBefore = Math.max(notBefore, now() + held)
      return held
    },
  }
}
