import { alignColumns } from './align-columns.ts'
import type { BacktestReport, GroupDifference, MemberLine, OutcomeCounts } from './backtest-report.ts'

/** Rows of the table of types that are shown; the rest stands in the JSON. */
const TYPE_ROWS = 20

/** Ids and types are others' words: none of them may command the terminal. */
const CONTROL_CHARACTERS = /\p{Cc}/gu

/** The report as text for people. */
export function formatBacktest(report: BacktestReport): string {
  const lines = [
    ...heading(report),
    '',
    ...totals(report),
    '',
    ...typeTable(report),
    ...classifiedTable(report),
    ...companyTable(report),
    '',
    ...groupLines(report),
  ]
  return lines.map((line) => line.replace(CONTROL_CHARACTERS, '�')).join('\n')
}

function heading({ source, since, until, companyId, windowMs, versions, events }: BacktestReport): string[] {
  const { current, candidate } = versions
  const number = (count: number) => count.toLocaleString('en')
  return [
    `${number(events.read)} ${source === 'stored' ? 'stored events' : 'events of the topic'}, ${since} to ${until}${
      companyId === null ? '' : `, company ${companyId}`
    }`,
    `refresh window ${windowMs / 1_000} s; policy ${versionStep(current.policy, candidate.policy)}; profile ${versionStep(current.profile, candidate.profile)}`,
    ...(events.unreadable + events.repeats === 0
      ? []
      : [`left out: ${number(events.unreadable)} unreadable, ${number(events.repeats)} delivered again`]),
  ]
}

const versionStep = (before: string, after: string) =>
  before === after ? `${before} (the same)` : `${before} -> ${after}`

function totals({ outcomes, refreshes, recorded, events, saved }: BacktestReport): string[] {
  const { current, candidate } = outcomes
  const row = (name: string, now: number, then: number) => [name, now, then, signed(then - now)]
  const number = (count: number) => count.toLocaleString('en')
  return [
    ...alignColumns([
      ['', 'now', 'new', 'difference'],
      row('events significant', significant(current), significant(candidate)),
      row('  claim a window', current.refresh, candidate.refresh),
      row('  coalesced', current.coalesced, candidate.coalesced),
      row('events ignored', current.insignificant, candidate.insignificant),
      row('refreshes', refreshes.current.total, refreshes.candidate.total),
      row('  leading', refreshes.current.leading, refreshes.candidate.leading),
      row('  trailing', refreshes.current.trailing, refreshes.candidate.trailing),
    ]),
    `${number(events.differing)} events are judged otherwise; ${costSentence(saved, refreshes.current.total)}`,
    ...(recorded === null
      ? []
      : [
          `recorded when it happened: ${number(significant(recorded))} significant, ${number(recorded.insignificant)} ignored`,
        ]),
  ]
}

const significant = ({ refresh, coalesced }: OutcomeCounts) => refresh + coalesced

function costSentence(saved: number, now: number): string {
  if (saved === 0) return 'as many refreshes as now'
  const share = now === 0 ? '' : ` (${((Math.abs(saved) / now) * 100).toFixed(1)} %)`
  return `${Math.abs(saved).toLocaleString('en')} refreshes ${saved > 0 ? 'saved' : 'added'}${share}`
}

const signed = (difference: number) =>
  difference === 0 ? '=' : `${difference > 0 ? '+' : '-'}${Math.abs(difference).toLocaleString('en')}`

function typeTable({ byType }: BacktestReport): string[] {
  const cells = ({ refresh, coalesced, insignificant }: OutcomeCounts) => [refresh, coalesced, insignificant]
  return alignColumns([
    ['type', 'source', 'claims', 'coalesced', 'ignored', '| claims', 'coalesced', 'ignored'],
    ...byType
      .slice(0, TYPE_ROWS)
      .map(({ type, source, current, candidate }) => [type, source, ...cells(current), ...cells(candidate)]),
  ]).concat(byType.length > TYPE_ROWS ? [`... and ${byType.length - TYPE_ROWS} more`] : [])
}

function classifiedTable({ classified }: BacktestReport): string[] {
  if (classified.length === 0) return []
  return [
    '',
    ...alignColumns([
      ['classified as', 'because', 'now', 'new'],
      ...classified.map(({ type, reason, current, candidate }) => [type, reason, current, candidate]),
    ]),
  ]
}

function companyTable({ companies }: BacktestReport): string[] {
  if (companies.length === 0) return []
  const rows = companies.map(({ companyId, current, candidate }) => [
    companyId,
    current,
    candidate,
    signed(candidate - current),
  ])
  return ['', ...alignColumns([['refreshes of company', 'now', 'new', 'difference'], ...rows])]
}

function groupLines({ groups }: BacktestReport): string[] {
  const number = (count: number) => count.toLocaleString('en')
  return [
    `${number(groups.differing)} of ${number(groups.compared)} groups differ; members: ${number(groups.added)} added, ${number(groups.removed)} removed, ${number(groups.changed)} changed`,
    ...(groups.untold === 0
      ? []
      : [`${number(groups.untold)} fields stand as stored: nothing tells what they were before`]),
    ...(groups.isCut ? ['more people are affected than are followed: narrow the time or name a company'] : []),
    ...groups.first.flatMap(groupDifference),
  ]
}

function groupDifference({ companyId, members, added, removed, changed }: GroupDifference): string[] {
  return [
    '',
    `${companyId}: ${members.current} members now, ${members.candidate} with the new rules`,
    ...added.map((member) => `  + ${describe(member)}`),
    ...removed.map((member) => `  - ${describe(member)}`),
    ...changed.map(
      ({ before, after, fields }) => `  ~ ${describe(before)} -> ${describe(after, false)}: ${fields.join(', ')}`,
    ),
  ]
}

function describe(member: MemberLine, withId = true): string {
  const { personId, role, score, seniority, department, name, title } = member
  const words = [...(withId ? [personId, ...(name === undefined ? [] : [name])] : []), role, score]
  return `${words.join(' ')} (${title === undefined ? '' : `${title}; `}${seniority}, ${department})`
}
