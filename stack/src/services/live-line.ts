/** How long an unchanged line is not repeated where it cannot be rewritten, in milliseconds. */
const REPEAT_AFTER_MS = 10_000

/** A line that always shows the latest state, below the sentences that are said meanwhile. */
export type LiveLine = {
  show(line: string): void
  /** Prints a sentence above the line. */
  say(sentence: string): void
  /** Leaves the line as it is and goes below it. */
  end(): void
}

/** On a terminal the line is rewritten in place; elsewhere it is printed when it has changed, or every 10 seconds. */
export function liveLine(
  out: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown },
  now: () => number,
): LiveLine {
  return out.isTTY ? rewritten(out) : printed(out, now)
}

function rewritten(out: { readonly columns?: number; write(text: string): unknown }): LiveLine {
  const clear = '\r\u001b[2K'
  let current = ''
  return {
    show(line) {
      current = line.slice(0, (out.columns ?? 80) - 1) // a longer line would wrap and could not be rewritten
      out.write(clear + current)
    },
    say: (sentence) => out.write(`${clear}${sentence}\n${current}`),
    end() {
      if (current !== '') out.write('\n')
      current = ''
    },
  }
}

function printed(out: { write(text: string): unknown }, now: () => number): LiveLine {
  let last = ''
  let at = Number.NEGATIVE_INFINITY
  return {
    show(line) {
      if (line === last && now() - at < REPEAT_AFTER_MS) return
      last = line
      at = now()
      out.write(`${line}\n`)
    },
    say: (sentence) => out.write(`${sentence}\n`),
    end() {},
  }
}
