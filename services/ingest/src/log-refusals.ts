import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import type { ProblemCode } from './problems.ts'

/** The most lines a second for one code. */
const LINES_PER_SECOND = 10

/**
 * Logs refused webhooks with nothing of their content: for each code the first ten of a second, because a flood of refused
 * requests must not become a flood of lines. The next line of the code says how many were left out before it; the metric
 * counts all. `monotonic` is in milliseconds.
 */
export function createLogRefusals(
  logger: Pick<Logger, 'info'>,
  monotonic: () => number,
): (code: ProblemCode, status: number) => void {
  const seconds = new Map<ProblemCode, { since: number; lines: number; leftOut: number }>()
  return (code, status) => {
    const now = monotonic()
    const current = seconds.get(code) ?? { since: now, lines: 0, leftOut: 0 }
    seconds.set(code, current)
    if (now - current.since >= 1_000) {
      current.since = now
      current.lines = 0
    }
    if (current.lines === LINES_PER_SECOND) {
      current.leftOut += 1
      return
    }
    current.lines += 1
    const { leftOut } = current
    current.leftOut = 0
    logger.info({ code, status, ...(leftOut > 0 ? { leftOut } : {}) }, 'webhook refused')
  }
}
