/** Time, as the engine sees it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls once, after so many milliseconds. What is returned takes it back. */
  after(ms: number, call: () => void): () => void
}

/** The longest that setTimeout can wait; past it, it fires at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: Date.now,
  after: (ms, call) => {
    let timer: NodeJS.Timeout
    const wait = (left: number) => {
      const rest = left - MAX_TIMEOUT_MS
      timer = setTimeout(() => (rest > 0 ? wait(rest) : call()), Math.min(left, MAX_TIMEOUT_MS))
    }
    wait(ms)
    return () => clearTimeout(timer)
  },
}
