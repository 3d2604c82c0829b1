import { expect, test } from 'vitest'
import { type DemoReport, formatReport, isSuccess } from './format-report.ts'
import { percentile } from './percentile.ts'

const report: DemoReport = {
  imported: 3_697,
  sent: 55_681,
  accepted: 55_681,
  repeated: 0,
  refused: 0,
  significant: 42_785,
  coalesced: 41_000,
  refreshes: 2_000,
  results: { results: 2_000, failed: 0, repeats: 0, problems: [] },
  deadLetters: 0,
  sendingMs: 10_000,
  answer: { p50: 4.25, p99: 40 },
  endToEnd: { p50: 1_234, p99: null },
  leading: { p50: 90, p99: 300 },
  windowMs: 2_000,
  drainMs: 2_500,
  audit: {
    counts: {
      accepted: 55_681,
      insignificant: 12_896,
      covered: 42_785,
      deadLettered: 0,
      commandsPerWindow: 1,
      resultsPerRefresh: 1,
      lost: 0,
      twice: 0,
    },
    inFlight: 0,
    violations: [],
  },
  comparison: { companies: 294, equal: 294, differences: [] },
}

test('the table names rate, latencies and what the drain took beyond the windows', () => {
  const text = formatReport(report).join('\n')
  expect(text).toMatch(/companies equal to the truth +294 of 294/)
  expect(text).toMatch(/accepted events accounted for +55,681 of 55,681\n/)
  expect(text).toMatch(/lost +0\n/)
  expect(text).toMatch(/events\/s accepted +5,568/)
  expect(text).toMatch(/answer p50, p99 +4\.3 ms, 40 ms/)
  expect(text).toMatch(/end to end p50, p99, windows included +1\.23 s, -/)
  expect(text).toMatch(/beyond the open windows \(2\.00 s\) +500 ms/)
  expect(isSuccess(report)).toBe(true)
})

test('differences are listed, twenty at most', () => {
  const differences = Array.from({ length: 22 }, (_, index) => `difference ${index}`)
  const lines = formatReport({ ...report, comparison: { companies: 294, equal: 290, differences } })
  expect(lines).toContain('differences from the truth:')
  expect(lines).toContain('  difference 19')
  expect(lines).not.toContain('  difference 20')
  expect(lines.at(-1)).toBe('  ... and 2 more')
})

test.each<[string, Partial<DemoReport>]>([
  ['a company that differs', { comparison: { companies: 294, equal: 293, differences: ['x'] } }],
  ['a broken promise', { results: { ...report.results, problems: ['x'] } }],
  ['a failed refresh', { results: { ...report.results, failed: 1 } }],
  ['a dead letter', { deadLetters: 1 }],
  ['an event that was not taken', { refused: 1 }],
  ['an event that nobody can account for', { audit: { ...report.audit, violations: [{ sentence: 'x' }] } }],
  ['an event that is still in flight', { audit: { ...report.audit, inFlight: 1 } }],
])('%s is no success', (_what, change) => {
  expect(isSuccess({ ...report, ...change })).toBe(false)
})

test('a percentile is the value that so many do not exceed', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect([percentile(values, 50), percentile(values, 99), percentile(values, 100)]).toEqual([50, 99, 100])
  expect([percentile([7], 1), percentile([], 50)]).toEqual([7, null])
})
