import { alignColumns } from './align-columns.ts'
import type { BacktestReport, GroupDifference, MemberLine, OutcomeCounts } from './backtest-report.ts'

/** Rows of the table of types that are shown; the rest stands in the JSON. */
const TYPE_ROWS = 20

/** Ids and types are others' words: none of them may command the terminal. */
const CONTROL_CHARACTERS = /\p{Cc}/gu

/** The report as text for people. */
export function formatBacktest(report: BacktestReport): string {
  const sections = [heading(report), warningLines(report), ...(report.events.read === 0 ? [NOTHING] : results(report))]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.replace(CONTROL_CHARACTERS, '�')).join('\n'))
    .join('\n\n')
}

const NOTHING = ['nothing to compare: of this time no event is kept (MongoDB keeps them 45 days, Kafka 14)']

const results = (report: BacktestReport) => [
  totals(report),
  typeTable(report),
  classifiedTable(report),
  companyTable(report),
  groupLines(report),
  ...report.groups.first.map(groupDifference),
]

function heading({ source, since, until, companyId, windowMs, versions, events }: BacktestReport): string[] {
  const { current } = versions
  const of = companyId === null ? '' : `, company ${companyId}`
  return [
    `${number(events.read)} ${source === 'stored' ? 'stored events' : 'events of the topic'}, ${since} to ${until}${of}`,
    `now: policy ${current.policy}, profile ${current.profile}; refresh window ${inWords(windowMs)}`,
    `new: ${versionOf('policy', versions)}, ${versionOf('profile', versions)}`,
    ...(events.unreadable + events.repeats === 0
      ? []
      : [
          `left out${companyId === null ? '' : ', of all companies'}: ${number(events.unreadable)} unreadable, ${number(events.repeats)} delivered again`,
        ]),
  ]
}

const versionOf = (rule: 'policy' | 'profile', { current, candidate }: BacktestReport['versions']) =>
  candidate[rule] === current[rule] ? `the same ${rule}` : `${rule} ${candidate[rule]}`

function inWords(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`
}

const warningLines = ({ warnings, unmet, events }: BacktestReport) => [
  ...warnings.map((warning) => `warning: ${warning}`),
  ...(events.read === 0 || unmet.length === 0
    ? []
    : [`warning: --policy: these entries name what no event here has: ${unmet.join(', ')}`]),
]

const number = (count: number) => count.toLocaleString('en')

function totals({ outcomes, refreshes, recorded, events, saved }: BacktestReport): string[] {
  const { current, candidate } = outcomes
  const row = (name: string, now: number, then: number) => [name, now, then, signed(then - now)]
  return [
    ...alignColumns([
      ['', 'now', 'new', 'difference'],
      row('events significant', significant(current), significant(candidate)),
      row('  refreshed at once', current.refresh, candidate.refresh),
      row('  coalesced: wait for a window to end', current.coalesced, candidate.coalesced),
      row('events ignored', current.insignificant, candidate.insignificant),
      row('refreshes (modelled)', refreshes.current.total, refreshes.candidate.total),
      row('  leading: at once', refreshes.current.leading, refreshes.candidate.leading),
      row('  trailing: at a window’s end', refreshes.current.trailing, refreshes.candidate.trailing),
    ]),
    `${number(events.differing)} events are judged otherwise; ${costSentence(saved, refreshes.current.total)}`,
    ...(recorded === null ? [] : [recordedSentence(recorded, current)]),
  ]
}

function recordedSentence(recorded: OutcomeCounts, now: OutcomeCounts): string {
  const decided = `decided when they came: ${number(significant(recorded))} significant, ${number(recorded.insignificant)} ignored`
  const wereOthers = recorded.insignificant > now.insignificant || significant(recorded) > significant(now)
  return wereOthers ? `${decided}; not what "now" says: the rules were others then` : decided
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
    ['type', 'source', 'now: at once', 'coalesced', 'ignored', 'new: at once', 'coalesced', 'ignored'],
    ...byType
      .slice(0, TYPE_ROWS)
      .map(({ type, source, current, candidate }) => [type, source, ...cells(current), ...cells(candidate)]),
  ]).concat(byType.length > TYPE_ROWS ? [`... and ${byType.length - TYPE_ROWS} more`] : [])
}

function classifiedTable({ classified }: BacktestReport): string[] {
  if (classified.length === 0) return []
  return alignColumns([
    ['classified as', 'because', 'now', 'new'],
    ...classified.map(({ type, reason, current, candidate }) => [type, reason, current, candidate]),
  ])
}

function companyTable({ companies }: BacktestReport): string[] {
  const rows = companies
    .filter(({ current, candidate }) => current !== candidate)
    .map(({ companyId, current, candidate }) => [companyId, current, candidate, signed(candidate - current)])
  return rows.length === 0 ? [] : alignColumns([['refreshes of company', 'now', 'new', 'difference'], ...rows])
}

function groupLines({ groups }: BacktestReport): string[] {
  const { differing, first } = groups
  const shown = differing > first.length && first.length > 0 ? `; the first ${number(first.length)} by company id:` : ''
  return [
    `${number(differing)} of ${number(groups.compared)} groups differ; members: ${number(groups.added)} added, ${number(groups.removed)} removed, ${number(groups.changed)} changed`,
    ...(groups.untold === 0
      ? []
      : [`${number(groups.untold)} fields stand as stored: nothing tells what they were before`]),
    ...(groups.isCut ? ['more people are affected than are followed: narrow the time or name a company'] : []),
    ...(first.length === 0 ? [] : [`+ joins, - leaves, ~ changes: role score (seniority, department)${shown}`]),
  ]
}

function groupDifference({ companyId, members, added, removed, changed }: GroupDifference): string[] {
  return [
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
