import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import { describe, expect, test } from 'vitest'
import { compareWithStored } from './compare-with-stored.ts'
import { isFresh } from './is-fresh.ts'

const stored = (sequence: number, publishedAt: Date | null = new Date(1)): BuyerGroupDoc => ({
  companyId: 'acme',
  companyName: null,
  workspaceId: 'default',
  sequence,
  previousSequence: null,
  refreshId: `refresh_${sequence}`,
  commandId: `cmd_${sequence}`,
  reason: 'webhook',
  members: [],
  added: [],
  removed: [],
  changed: [],
  foldedIds: [],
  refreshedAt: new Date(1_000),
  publishedAt,
})

const compare = (sequence: number, group: BuyerGroupDoc | null) =>
  compareWithStored({ sequence }, `refresh_${sequence}`, group)

describe('a command beside the stored group', () => {
  test('may replace nothing, or a published one of a lower sequence', () => {
    expect(compare(5, null)).toEqual({ kind: 'replaceable' })
    expect(compare(5, stored(4))).toEqual({ kind: 'replaceable' })
  })

  test('waits for an unpublished one of a lower sequence', () => {
    expect(compare(5, stored(4, null))).toMatchObject({ kind: 'unpublished', group: { sequence: 4 } })
  })

  test('is the stored one where the refresh is the same, published or not', () => {
    expect(compare(5, stored(5))).toMatchObject({ kind: 'stored' })
    expect(compare(5, stored(5, null))).toMatchObject({ kind: 'stored' })
  })

  test('is superseded by a higher sequence, or by another refresh of the same', () => {
    expect(compare(5, stored(6, null))).toEqual({ kind: 'superseded', by: 6 })
    expect(compareWithStored({ sequence: 5 }, 'another', stored(5))).toEqual({ kind: 'superseded', by: 5 })
  })
})

describe('a group', () => {
  test('is fresh for less than the given age after it was composed', () => {
    const group = { ...stored(5), refreshedAt: new Date(9_000), composedAt: new Date(1_000) }
    expect(isFresh(group, new Date(1_999), 1_000)).toBe(true)
    expect(isFresh(group, new Date(2_000), 1_000)).toBe(false)
    expect(isFresh(group, new Date(1_000), 0)).toBe(false)
  })

  test('that comes from the future, or is none, is not fresh; one that does not say goes by its refresh', () => {
    expect(isFresh(stored(5), new Date(999), 1_000)).toBe(false)
    expect(isFresh(null, new Date(1_000), 1_000)).toBe(false)
    expect(isFresh(stored(5), new Date(1_500), 1_000)).toBe(true)
  })
})
