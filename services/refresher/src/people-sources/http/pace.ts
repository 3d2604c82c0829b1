import { PeopleSourceError } from './rules/source-errors.ts'

/** Waits so many milliseconds; rejects with the signal's reason when that is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<unknown>

export interface PaceOptions {
  readonly perSecond: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly pause: Pause
}

/** When the next request may go: all calls of a process share it. */
export interface Pace {
  /**
   * Resolves when a request may go, which is then counted as gone: one after the other, in the order of the calls.
   * @param deadlineAt milliseconds since the epoch.
   * @throws PeopleSourceError `people_source_throttled` as soon as its turn is sure to come after the deadline; the
   * signal's reason where that was aborted: then no turn is taken.
   */
  turn(deadlineAt: number, signal: AbortSignal): Promise<void>
  /** Lets no request go for so many milliseconds, at most MAX_HOLD_OFF_MS. Returns how long that is. */
  holdOff(ms: number): number
}

/** A provider that asks for more is asked again after this all the same: the header may be nonsense. */
export const MAX_HOLD_OFF_MS = 15 * 60_000

/**
 * Turns are spread evenly, so that no second, wherever it begins, holds more than `perSecond` of them. What holds them off
 * is looked at again after each wait: it may have come meanwhile.
 */
export function createPace({ perSecond, now, pause }: PaceOptions): Pace {
  const spacingMs = 1_000 / perSecond
  let nextTurnAt = 0
  let heldOffUntil = 0
  let line: Promise<unknown> = Promise.resolve()

  const take = async (deadlineAt: number, signal: AbortSignal) => {
    for (;;) {
      signal.throwIfAborted()
      const left = Math.max(nextTurnAt, heldOffUntil) - now()
      // The clock counts whole milliseconds: several turns may be due in one.
      if (left < 1) break
      if (now() + left > deadlineAt) throw tooLate(left)
      await pause(left, signal)
    }
    nextTurnAt = Math.max(nextTurnAt, now()) + spacingMs
  }

  const tooLate = (left: number) => {
    const words =
      heldOffUntil > nextTurnAt
        ? `not asked, it wants to be left alone for another ${left} ms`
        : `not asked, PEOPLE_SOURCE_RATE (${perSecond} a second) lets no more go before the deadline`
    return new PeopleSourceError('people_source_throttled', words, left)
  }

  return {
    turn: (deadlineAt, signal) => {
      const turn = line.then(() => take(deadlineAt, signal))
      line = turn.catch(() => {})
      return turn
    },
    holdOff: (ms) => {
      const held = Math.min(ms, MAX_HOLD_OFF_MS)
      heldOffUntil = Math.max(heldOffUntil, now() + held)
      return held
    },
  }
}
