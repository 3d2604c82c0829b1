import type { Clock } from '../clock.ts'

/** Turns of the event loop that whatever is under way gets before time moves on. */
const TURNS = 20

interface Timer {
  readonly at: number
  readonly call: () => void
}

export interface TestClock extends Clock {
  /**
   * Lets what is under way go on, then moves time on by so many milliseconds, firing what falls due in order, each at its
   * own time, and what that brings about.
   */
  advance(ms: number): Promise<void>
  /** Lets what is under way go on as far as it can at this time. */
  settle(): Promise<void>
  /** Timers that wait. None are left once a run has ended. */
  readonly pending: number
}

/** A clock that stands still until a test moves it, so that no test sleeps. */
export function createTestClock(start = 1_700_000_000_000): TestClock {
  let now = start
  const timers = new Set<Timer>()

  const nextBy = (until: number): Timer | undefined => {
    const due = [...timers].filter(({ at }) => at <= until)
    return due.toSorted((one, other) => one.at - other.at)[0]
  }

  /** Steps may take macrotasks as well as microtasks to come to their next timer. */
  const settle = async () => {
    for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }

  return {
    now: () => now,
    after: (ms, call) => {
      const timer = { at: now + Math.max(0, ms), call }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    settle,
    advance: async (ms) => {
      const until = now + ms
      await settle()
      for (let timer = nextBy(until); timer !== undefined; timer = nextBy(until)) {
        timers.delete(timer)
        now = timer.at
        timer.call()
        await settle()
      }
      now = until
    },
    get pending() {
      return timers.size
    },
  }
}
