/** The three numbers of the live status line. */
export type Totals = { readonly accepted: number; readonly running: number; readonly published: number }

const NUMBER = /\s(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN)(?:\s+-?\d+)?$/

/**
 * The sum of all samples of one metric, over its labels, in Prometheus text format; undefined when it has none.
 * @see the format: "Exposition formats" in Prometheus's documentation
 */
export function sumMetric(text: string, name: string): number | undefined {
  let sum: number | undefined
  for (const line of text.split('\n')) {
    if (!line.startsWith(name) || !/^[{\s]/.test(line.slice(name.length))) continue
    const value = Number(NUMBER.exec(line.trimEnd())?.[1])
    if (Number.isFinite(value)) sum = (sum ?? 0) + value
  }
  return sum
}

/**
 * A counter that goes on where it was when the process behind it restarts from zero.
 * @returns a function that takes each reading, undefined when there was none, and returns the total since the first
 */
export function continuedCounter(): (reading: number | undefined) => number {
  let before = 0
  let last = 0
  return (reading) => {
    if (reading !== undefined) {
      if (reading < last) before += last
      last = reading
    }
    return before + last
  }
}

/** The line that a person watches. */
export function statusLine(totals: Totals): string {
  const number = (value: number) => value.toLocaleString('en-GB')
  return `events accepted ${number(totals.accepted)}  |  refreshes running ${number(totals.running)}  |  results published ${number(totals.published)}`
}
