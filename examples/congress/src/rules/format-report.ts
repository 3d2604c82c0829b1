import type { Comparison } from './compare-positions.ts'
import type { ResultsSoFar } from './follow-results.ts'

export interface Latency {
  readonly p50: number | null
  readonly p99: number | null
}

/** Everything the demo measured; times in milliseconds. */
export interface DemoReport {
  readonly imported: number
  readonly sent: number
  readonly accepted: number
  readonly repeated: number
  readonly refused: number
  readonly significant: number
  readonly coalesced: number
  readonly refreshes: number
  readonly results: ResultsSoFar
  readonly deadLetters: number
  readonly sendingMs: number
  readonly answer: Latency
  /** From the event's arrival to the publication of the result that covers it, of every significant event. */
  readonly endToEnd: Latency
  /** The same of those that opened a window and so waited for none. */
  readonly leading: Latency
  readonly windowMs: number
  /** From the last post to the moment when nothing was left to do. */
  readonly drainMs: number
  /** What became of every event, and which guarantees do not hold. */
  readonly audit: Audit
  readonly comparison: Comparison
}

/** What is shown of the audit's report. */
export interface Audit {
  readonly counts: {
    readonly accepted: number
    readonly insignificant: number
    readonly covered: number
    readonly deadLettered: number
    readonly commandsPerWindow: number
    readonly resultsPerRefresh: number
    readonly lost: number
    readonly twice: number
  }
  readonly inFlight: number
  readonly violations: readonly { readonly sentence: string }[]
}

const MAX_LISTED = 20

const number = (value: number) => Math.round(value).toLocaleString('en')
const duration = (ms: number | null) =>
  ms === null ? '-' : ms < 1_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1_000).toFixed(2)} s`

/** Did every company reach its true end, with nothing refused, failed, lost or done twice on the way? */
export function isSuccess({ comparison, results, deadLetters, refused, audit }: DemoReport): boolean {
  const isEqual = comparison.equal === comparison.companies
  const isKept = audit.violations.length === 0 && audit.inFlight === 0
  return (
    isKept && isEqual && results.problems.length === 0 && results.failed === 0 && deadLetters === 0 && refused === 0
  )
}

/** The table, a line each, and below it what went wrong. */
export function formatReport(report: DemoReport): readonly string[] {
  const { comparison, results, audit } = report
  const { accepted, insignificant, covered, deadLettered, lost, twice } = audit.counts
  const rate = report.sendingMs === 0 ? 0 : (report.accepted / report.sendingMs) * 1_000
  const rows: readonly (readonly [string, string])[] = [
    ['positions imported', number(report.imported)],
    ['events sent', number(report.sent)],
    ['  accepted', number(report.accepted)],
    ['  repeated', number(report.repeated)],
    ...(report.refused > 0 ? [['  refused or not taken', number(report.refused)] as const] : []),
    ['  significant', number(report.significant)],
    ['  coalesced into a trailing refresh', number(report.coalesced)],
    ['refreshes', number(report.refreshes)],
    ['results', number(results.results)],
    ...(results.repeats > 0 ? [['  delivered again', number(results.repeats)] as const] : []),
    ...(results.failed > 0 ? [['  failed', number(results.failed)] as const] : []),
    ...(report.deadLetters > 0 ? [['dead letters', number(report.deadLetters)] as const] : []),
    ['companies equal to the truth', `${number(comparison.equal)} of ${number(comparison.companies)}`],
    ['accepted events accounted for', `${number(insignificant + covered + deadLettered)} of ${number(accepted)}`],
    ['commands a window, at most', number(audit.counts.commandsPerWindow)],
    ['different results of a refresh, at most', number(audit.counts.resultsPerRefresh)],
    ['lost', number(lost)],
    ['twice', number(twice)],
    ['events/s accepted', number(rate)],
    ['answer p50, p99', `${duration(report.answer.p50)}, ${duration(report.answer.p99)}`],
    ['end to end p50, p99, windows included', `${duration(report.endToEnd.p50)}, ${duration(report.endToEnd.p99)}`],
    ['  leading refreshes alone', `${duration(report.leading.p50)}, ${duration(report.leading.p99)}`],
    ['done after the last post', duration(report.drainMs)],
    [
      `  beyond the open windows (${duration(report.windowMs)})`,
      duration(Math.max(0, report.drainMs - report.windowMs)),
    ],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const valueWidth = Math.max(...rows.map(([, value]) => value.length))
  return [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value.padStart(valueWidth)}`),
    ...listed('differences from the truth', comparison.differences),
    ...listed('broken promises', results.problems),
    ...listed(
      'guarantees that do not hold',
      audit.violations.map(({ sentence }) => sentence),
    ),
  ]
}

function listed(what: string, sentences: readonly string[]): string[] {
  if (sentences.length === 0) return []
  const rest = sentences.length - MAX_LISTED
  const more = rest > 0 ? [`  ... and ${number(rest)} more`] : []
  return ['', `${what}:`, ...sentences.slice(0, MAX_LISTED).map((sentence) => `  ${sentence}`), ...more]
}
