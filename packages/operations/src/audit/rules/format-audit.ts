import { type AuditReport, type Invariant, VIOLATIONS, WAITING_REASONS, type WaitingReason } from './audit-report.ts'

export interface FormatOptions {
  /** The most violations listed; the rest is counted. By default all. */
  readonly maxListed?: number
}

const WAITS_FOR: Readonly<Record<WaitingReason, string>> = {
  unconsumed: 'not consumed yet',
  retry: 'in a retry topic',
  window: 'wait for their window to close',
  outbox: 'command claimed, not yet produced',
  command: 'command on its way',
}

const INVARIANTS: readonly Invariant[] = ['I1', 'I2', 'I3', 'I4', 'I5']

const number = (value: number) => value.toLocaleString('en')

/** The report as text for people: a table, and below it every violation and notice in a sentence. Ids, codes and counts only. */
export function formatAudit(report: AuditReport, { maxListed = Number.POSITIVE_INFINITY }: FormatOptions = {}): string {
  const { counts, violations, notices, inFlight } = report
  const optional = (name: string, value: number): [string, string][] => (value === 0 ? [] : [[name, number(value)]])
  const rows: readonly (readonly [string, string])[] = [
    ['events accepted', number(counts.accepted)],
    ...optional('  delivered again', counts.deliveries - counts.accepted),
    ['  decided', number(counts.decided)],
    ['    insignificant', number(counts.insignificant)],
    ['    covered by a refresh', number(counts.covered)],
    ['  dead-lettered', number(counts.deadLettered)],
    ['  in flight', number(counts.inFlight)],
    ...WAITING_REASONS.flatMap((reason) => optional(`    ${WAITS_FOR[reason]}`, counts.waitingBy[reason])),
    ...optional('events out of scope', counts.outOfScope),
    ...optional('messages that cannot be read', counts.unreadable),
    ...optional('dead letters', counts.deadLetters),
    ...optional('refreshes asked for by hand', counts.requests),
    ['commands', number(counts.commands)],
    ['  most in one window', number(counts.commandsPerWindow)],
    ['refreshes', number(counts.refreshes)],
    ['  most different results of one', number(counts.resultsPerRefresh)],
    ['companies', number(counts.companies)],
    ...INVARIANTS.map((invariant): [string, string] => [invariant, verdictOf(report, invariant)]),
    ['lost', number(counts.lost)],
    ['twice', number(counts.twice)],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const valueWidth = Math.max(...rows.map(([, value]) => value.length))
  const listed = violations.slice(0, maxListed)
  return [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value.padStart(valueWidth)}`),
    ...(violations.length === 0 ? [] : ['', 'cannot be accounted for:']),
    ...listed.map(({ invariants, kind, sentence }) => `  ${invariants.join(', ')} ${kind}: ${sentence}`),
    ...(violations.length > listed.length ? [`  ... and ${number(violations.length - listed.length)} more`] : []),
    ...(notices.length === 0 ? [] : ['', 'needs a look:']),
    ...notices.map(({ kind, sentence }) => `  ${kind}: ${sentence}`),
    ...(inFlight === 0 ? [] : ['', 'The system moves: what is in flight is not judged yet.']),
  ].join('\n')
}

function verdictOf({ violations }: AuditReport, invariant: Invariant): string {
  const broken = violations.filter(({ kind }) =>
    (VIOLATIONS[kind].invariants as readonly Invariant[]).includes(invariant),
  ).length
  return broken === 0 ? 'holds' : `broken: ${number(broken)}`
}
