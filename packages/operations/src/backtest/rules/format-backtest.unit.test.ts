import { expect, test } from 'vitest'
import type { BacktestReport } from './backtest-report.ts'
import { formatBacktest } from './format-backtest.ts'

const member = (personId: string, role: string, score: number) => ({
  personId,
  role,
  score,
  seniority: 'vp',
  department: 'sales',
})

const REPORT: BacktestReport = {
  source: 'stored',
  since: '2026-01-01T00:00:00.000Z',
  until: '2026-01-02T00:00:00.000Z',
  windowMs: 3_600_000,
  companyId: null,
  versions: { current: { policy: 'aaa', profile: 'ppp' }, candidate: { policy: 'bbb', profile: 'ppp' } },
  warnings: [],
  unmet: [],
  events: { read: 1_200, unreadable: 0, repeats: 0, differing: 200 },
  outcomes: {
    current: { refresh: 100, coalesced: 900, insignificant: 200 },
    candidate: { refresh: 90, coalesced: 710, insignificant: 400 },
  },
  recorded: { refresh: 400, coalesced: 600, insignificant: 200 },
  refreshes: {
    current: { leading: 100, trailing: 100, total: 200 },
    candidate: { leading: 90, trailing: 80, total: 170 },
  },
  saved: 30,
  byType: [
    {
      type: 'person.promotion',
      source: 'crm',
      current: { refresh: 100, coalesced: 900, insignificant: 200 },
      candidate: { refresh: 90, coalesced: 710, insignificant: 400 },
    },
  ],
  classified: [{ type: 'none', reason: 'cosmetic', current: 0, candidate: 200 }],
  companies: [{ companyId: 'acme', current: 4, candidate: 1 }],
  groups: {
    compared: 50,
    differing: 1,
    added: 1,
    removed: 1,
    changed: 1,
    untold: 2,
    isCut: false,
    first: [
      {
        companyId: 'acme',
        members: { current: 2, candidate: 2 },
        added: [member('p1', 'champion', 75)],
        removed: [member('p2', 'user', 20)],
        changed: [
          {
            fields: ['role', 'score'],
            before: member('p3', 'champion', 75),
            after: member('p3', 'decision_maker', 90),
          },
        ],
      },
    ],
  },
}

test('both sides stand beside each other, with what it saves and the groups that differ', () => {
  expect(formatBacktest(REPORT)).toBe(`1,200 stored events, 2026-01-01T00:00:00.000Z to 2026-01-02T00:00:00.000Z
now: policy aaa, profile ppp; refresh window 1 h
new: policy bbb, the same profile

                                         now  new  difference
events significant                     1,000  800  -200
  refreshed at once                      100   90  -10
  coalesced: wait for a window to end    900  710  -190
events ignored                           200  400  +200
refreshes (modelled)                     200  170  -30
  leading: at once                       100   90  -10
  trailing: at a window’s end            100   80  -20
200 events are judged otherwise; 30 refreshes saved (15.0 %)
decided when they came: 1,000 significant, 200 ignored

type              source  now: at once  coalesced  ignored  new: at once  coalesced  ignored
person.promotion  crm              100        900      200            90        710      400

classified as  because   now  new
none           cosmetic    0  200

refreshes of company  now  new  difference
acme                    4    1  -3

1 of 50 groups differ; members: 1 added, 1 removed, 1 changed
2 fields stand as stored: nothing tells what they were before
+ joins, - leaves, ~ changes: role score (seniority, department)

acme: 2 members now, 2 with the new rules
  + p1 champion 75 (vp, sales)
  - p2 user 20 (vp, sales)
  ~ p3 champion 75 (vp, sales) -> decision_maker 90 (vp, sales): role, score`)
})

test('what is out of the ordinary is said', () => {
  const { current } = REPORT.refreshes
  const text = formatBacktest({
    ...REPORT,
    companyId: 'acme',
    events: { read: 3, unreadable: 2, repeats: 1, differing: 0 },
    refreshes: { current, candidate: { ...current, total: 240 } },
    saved: -40,
    recorded: null,
    warnings: ['--policy: perhaps'],
    unmet: ['untrusted.0.types person.update', 'untrusted.1.sources CRM'],
    groups: { ...REPORT.groups, differing: 12, isCut: true },
  })
  expect(text).toContain('company acme')
  expect(text).toContain('left out, of all companies: 2 unreadable, 1 delivered again')
  expect(text).toContain('warning: --policy: perhaps')
  expect(text).toContain('no event here has: untrusted.0.types person.update, untrusted.1.sources CRM')
  expect(text).toContain('; the first 1 by company id:')
  expect(text).toContain('40 refreshes added (20.0 %)')
  expect(text).toContain('more people are affected than are followed')
  expect(text).not.toContain('decided when they came')
})

test('what was decided when the events came is compared with what the rules of now say', () => {
  const text = formatBacktest({ ...REPORT, recorded: { refresh: 0, coalesced: 900, insignificant: 300 } })
  expect(text).toContain('900 significant, 300 ignored; not what "now" says: the rules were others then')
})

test('of no event nothing is compared, and companies with as many refreshes as now are not told', () => {
  const nothing = formatBacktest({ ...REPORT, events: { ...REPORT.events, read: 0 }, unmet: ['untrusted.0.types a'] })
  expect(nothing).toMatch(/nothing to compare: [^\n]*$/)
  expect(nothing).not.toContain('warning')
  const companies = [{ companyId: 'acme', current: 4, candidate: 4 }]
  expect(formatBacktest({ ...REPORT, companies })).not.toContain('refreshes of company')
})

test('names and titles are shown where the report has them, and no word commands the terminal', () => {
  const [first] = REPORT.groups.first
  if (first === undefined) throw new Error('no difference')
  const named = { ...member('p1', 'champion', 75), name: 'Pat\u001b[31m Doe', title: 'VP Sales' }
  const text = formatBacktest({ ...REPORT, groups: { ...REPORT.groups, first: [{ ...first, added: [named] }] } })
  expect(text).toContain('+ p1 Pat\uFFFD[31m Doe champion 75 (VP Sales; vp, sales)')
})
