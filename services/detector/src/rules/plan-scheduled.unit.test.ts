import { expect, test } from 'vitest'
import { planScheduled, type ScheduleState } from './plan-scheduled.ts'

const group = { companyId: 'acme', sequence: 5, refreshedAt: new Date(0) }
const plan = (window?: ScheduleState) => planScheduled([group], new Map(window && [['acme', window]]))

test('a group whose window has closed and has nothing to do is due, under the sequence that was read', () => {
  const due = [{ companyId: 'acme', seenSequence: 5 }]
  expect(plan({ sequence: 5, isFree: true, claimedLately: true })).toEqual({ due, unfinished: [] })
})

test('a group without a window is due', () => {
  expect(plan()).toEqual({ due: [{ companyId: 'acme', seenSequence: null }], unfinished: [] })
})

test('a group whose window is open, pending or about to be produced is not', () => {
  expect(plan({ sequence: 5, isFree: false, claimedLately: false })).toEqual({ due: [], unfinished: [] })
})

test('a group that was claimed lately and has not been refreshed since is set apart', () => {
  const unfinished = [{ companyId: 'acme', seenSequence: 6 }]
  expect(plan({ sequence: 6, isFree: true, claimedLately: true })).toEqual({ due: [], unfinished })
})

test('a claim as old as the group may be has led to nothing and is made again', () => {
  const due = [{ companyId: 'acme', seenSequence: 6 }]
  expect(plan({ sequence: 6, isFree: true, claimedLately: false })).toEqual({ due, unfinished: [] })
})
