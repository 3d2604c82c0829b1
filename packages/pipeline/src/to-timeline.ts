import type { StoredRun, StoredStep } from './store/run-store.ts'

export interface TimelineRow extends StoredStep {
  /** Milliseconds from the begin of the first step. */
  readonly offset: number
}

const DEFAULT_WIDTH = 40

/** The steps of a stored run by when they began, each with how long after the first one that was. */
export function timelineOf({ steps }: Pick<StoredRun, 'steps'>): readonly TimelineRow[] {
  const sorted = steps.toSorted((one, other) => one.startedAt.getTime() - other.startedAt.getTime())
  const begin = sorted[0]?.startedAt.getTime() ?? 0
  return sorted.map((step) => ({ ...step, offset: step.startedAt.getTime() - begin }))
}

/**
 * A stored run as lines of text: one that says how the run stands, then one a step with a bar of when it ran, at most
 * `width` characters long. A resumed run shows the steps of its last worker.
 */
export function toTimeline(run: StoredRun, { width = DEFAULT_WIDTH }: { readonly width?: number } = {}): string {
  const rows = timelineOf(run)
  const total = Math.max(1, ...rows.map(({ offset, duration }) => offset + duration))
  const nameWidth = Math.max(0, ...rows.map(({ name }) => name.length))
  const { workflow, version, key, status, error } = run
  const failure = error === null ? '' : `: ${error.code}`
  return [
    `${workflow} ${version} ${key} ${status}${failure}`,
    ...rows.map((row) => `${row.name.padEnd(nameWidth)} |${barOf(row, total, width)}| ${describe(row)}`),
    '',
  ].join('\n')
}

function barOf({ offset, duration, status }: TimelineRow, total: number, width: number): string {
  const begin = Math.min(width - 1, Math.floor((offset / total) * width))
  const length = Math.max(1, Math.min(width - begin, Math.round((duration / total) * width)))
  const mark = status === 'failed' || status === 'cancelled' ? 'x' : status === 'completed' ? '#' : '.'
  return `${' '.repeat(begin)}${mark.repeat(length)}`.padEnd(width)
}

function describe({ status, duration, attempts, error }: TimelineRow): string {
  const parts = [status === 'skipped' ? status : `${status} ${duration} ms`]
  if (attempts > 1) parts.push(`${attempts} attempts`)
  if (error !== undefined) parts.push(error.code)
  return parts.join(', ')
}
