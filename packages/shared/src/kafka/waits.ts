/** Which work waits for a part that is away, and for which one. */
export interface Waits {
  begin(work: object, code: string): void
  end(work: object): void
  /** The code of what is waited for longest; undefined while nothing waits. */
  readonly code: string | undefined
}

/** @param onChange called when the first work begins to wait and when the last one has ended. */
export function createWaits(onChange: (waiting: boolean) => void): Waits {
  const waiting = new Map<object, string>()
  return {
    begin: (work, code) => {
      waiting.set(work, code)
      if (waiting.size === 1) onChange(true)
    },
    end: (work) => {
      if (waiting.delete(work) && waiting.size === 0) onChange(false)
    },
    get code() {
      return waiting.values().next().value
    },
  }
}
