import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { expect, test } from 'vitest'
import { changeItem } from '../test-kit/change-item.ts'
import type { ChangeItem } from './change-item.ts'
import { type RecordedEvent, sortOutRepeats } from './sort-out-repeats.ts'

const event = nativeEvent({ id: 'e1', source: 'test' })
const first = changeItem(event, { index: 0 })
const again = changeItem(event, { index: 1 })
const other = changeItem({ ...event, person: { ...event.person, name: 'Other' } }, { index: 2 })
const recorded = (more: Partial<RecordedEvent> = {}) =>
  new Map([
    [first.key, { bodySha256: first.message.change.bodySha256, processed: false, waitingFor: ['acme'], ...more }],
  ])
const none = new Map()

const places = (sorted: ReturnType<typeof sortOutRepeats>) => ({
  open: sorted.open.map(({ item }) => item.index),
  insignificant: sorted.insignificant.map(({ index }) => index),
  repeats: sorted.repeats.map(({ index }) => index),
  conflicts: sorted.conflicts.map(({ index }) => index),
})
const nothing = { open: [], insignificant: [], repeats: [], conflicts: [] }

test('a new change is open and waits for its companies', () => {
  const sorted = sortOutRepeats([first], new Map([[first.key, first]]), none)
  expect(sorted.open).toEqual([{ item: first, waitingFor: ['acme'] }])
})

test('a new insignificant change is decided with its record', () => {
  const item = changeItem(event, { index: 0, significant: false })
  expect(places(sortOutRepeats([item], new Map([[item.key, item]]), none))).toEqual({ ...nothing, insignificant: [0] })
})

test('within a batch the first of an id stays, the same again is a repeat and another body a conflict', () => {
  const sorted = sortOutRepeats([first, again, other], new Map([[first.key, first]]), none)
  expect(places(sorted)).toEqual({ ...nothing, open: [0], repeats: [1], conflicts: [2] })
})

test('a decided event is a repeat, an undecided one is resumed for the companies that still wait', () => {
  expect(places(sortOutRepeats([first], none, recorded({ processed: true })))).toEqual({ ...nothing, repeats: [0] })
  expect(sortOutRepeats([first], none, recorded({ waitingFor: ['beta'] })).open[0]?.waitingFor).toEqual(['beta'])
})

test('an undecided event is what it was recorded as, whatever the policy makes of it now', () => {
  const promotion = { type: 'person.promotion', reason: 'seniority_rose', policy: 'then' }
  const cosmetic = { type: 'none', reason: 'cosmetic', policy: 'now' }
  const asRecorded = (classification: typeof promotion | undefined, now: Partial<ChangeItem>) =>
    sortOutRepeats([{ ...first, ...now }], none, recorded({ classification })).open[0]
  expect(asRecorded(promotion, { classification: cosmetic, placements: [] })).toMatchObject({
    waitingFor: ['acme'],
    classification: promotion,
  })
  expect(asRecorded(undefined, { classification: promotion })?.classification).toBeUndefined()
})

test('a body that differs from the recorded one is a conflict whatever came before it in the batch', () => {
  expect(places(sortOutRepeats([other, first, again], none, recorded()))).toEqual({
    ...nothing,
    conflicts: [2],
    open: [0],
    repeats: [1],
  })
})
