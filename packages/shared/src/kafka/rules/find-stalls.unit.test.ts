import { expect, test } from 'vitest'
import { findStalls, findStandstills, type PartitionView, type Standstills } from './find-stalls.ts'

const behind: PartitionView = { topic: 't', partition: 0, next: 10, low: 0, high: 20, isPaused: false }

/** What has stalled after looks a minute apart. */
function stalledAfter(...looks: readonly PartitionView[]): readonly string[] {
  let standing: Standstills = new Map()
  for (const [index, view] of looks.entries()) standing = findStandstills([view], standing, index * 60_000)
  return findStalls(standing, 60_000, (looks.length - 1) * 60_000)
}

test('a partition has stalled when the broker has more and nothing arrives', () => {
  expect(stalledAfter(behind)).toEqual([])
  expect(stalledAfter(behind, { ...behind, high: 30 })).toEqual(['t/0'])
})

test('progress, however slow, is no stall', () => {
  expect(stalledAfter(behind, { ...behind, next: 11 })).toEqual([])
})

test('what was read to its end, paused or deleted by the broker has not stalled', () => {
  expect(stalledAfter(behind, { ...behind, high: 10 })).toEqual([])
  expect(stalledAfter(behind, { ...behind, isPaused: true })).toEqual([])
  expect(stalledAfter(behind, { ...behind, low: 20 })).toEqual([])
})

test('a pause in between begins the count anew', () => {
  expect(stalledAfter(behind, { ...behind, isPaused: true }, behind)).toEqual([])
})
