import { expect, test } from 'vitest'
import { createResultsFollower, type SeenResult } from './follow-results.ts'

const result = (sequence: number, previousSequence: number | null, more: Partial<SeenResult> = {}): SeenResult => ({
  companyId: 'acme',
  refreshId: `r${sequence}`,
  outcome: 'completed',
  sequence,
  previousSequence,
  ...more,
})

function follow(...results: SeenResult[]) {
  const follower = createResultsFollower()
  for (const each of results) follower.see(each)
  return follower.soFar()
}

test('counts different results and drops repeats, late ones too', () => {
  const other = result(1, null, { companyId: 'beta', refreshId: 'b1' })
  expect(follow(result(1, null), result(1, null), result(2, 1), other, result(1, null))).toEqual({
    results: 3,
    failed: 0,
    repeats: 2,
    problems: [],
  })
})

test('a failed refresh has a result of its own and is no link of the chain', () => {
  const failed = result(2, 1, { outcome: 'failed' })
  expect(follow(result(1, null), failed, result(3, 1))).toMatchObject({ results: 3, failed: 1, problems: [] })
})

test('a sequence that falls is reported', () => {
  expect(follow(result(5, null), result(4, 5)).problems).toEqual(['acme: sequence 4 came after 5'])
})

test('two refreshes of one sequence are reported', () => {
  expect(follow(result(1, null), result(1, null, { refreshId: 'other' })).problems).toContain(
    'acme: sequence 1 has two refreshes, r1 and other',
  )
})

test('a missing result is reported by the one after it', () => {
  expect(follow(result(1, null), result(3, 2)).problems).toEqual([
    'acme: sequence 3 follows 2, but 1 was the one before',
  ])
})
