import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import { describe, expect, test } from 'vitest'
import { groupToPublish, refreshOutcome } from './refresh-outcome.ts'

const group = { refreshId: 'r5', sequence: 5, members: [1, 2], added: [1], removed: [], changed: [] } as unknown
const stored = group as BuyerGroupDoc
const SUMMARY = { refreshId: 'r5', sequence: 5, members: 2, added: 1, removed: 0, changed: 0 }
const replaceable = { kind: 'replaceable' } as const
const saved = { kind: 'saved', group: stored } as const

describe('a refresh', () => {
  test('that saved its group publishes it and is completed, or cached where it took the group over', () => {
    expect(groupToPublish(replaceable, saved)).toBe(stored)
    expect(refreshOutcome(replaceable, saved, false)).toEqual({ outcome: 'completed', ...SUMMARY })
    expect(refreshOutcome(replaceable, saved, true)).toEqual({ outcome: 'cached', ...SUMMARY })
  })

  test('that finds its own group stored publishes that', () => {
    const standing = { kind: 'stored', group: stored } as const
    expect(groupToPublish(standing, undefined)).toBe(stored)
    expect(refreshOutcome(standing, undefined, false)).toEqual({ outcome: 'republished', ...SUMMARY })
  })

  test('that finds another’s group unpublished publishes that and looks again', () => {
    const standing = { kind: 'unpublished', group: stored } as const
    expect(groupToPublish(standing, undefined)).toBe(stored)
    expect(refreshOutcome(standing, undefined, false)).toEqual({ outcome: 'again' })
  })

  test('under which the group moved publishes nothing and looks again', () => {
    expect(groupToPublish(replaceable, { kind: 'moved' })).toBeUndefined()
    expect(refreshOutcome(replaceable, { kind: 'moved' }, false)).toEqual({ outcome: 'again' })
  })

  test('that a later one covers publishes nothing', () => {
    const standing = { kind: 'superseded', by: 9 } as const
    expect(groupToPublish(standing, undefined)).toBeUndefined()
    expect(refreshOutcome(standing, undefined, false)).toEqual({ outcome: 'superseded', supersededBy: 9 })
  })
})
