import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'
import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { describe, expect, test } from 'vitest'
import { foldChanges } from './fold-changes.ts'
import { mergeSightings } from './merge-sightings.ts'
import { planPeople } from './plan-people.ts'
import { sightingsOfRows } from './sourced-people.ts'
import { toPositionChanges, toSighting, type WaitingChange } from './waiting-change.ts'

/** An event of one day of January; thin unless told otherwise. */
function waiting(day: number, more: Partial<ReportedEvent> = {}, companyId = 'acme'): WaitingChange {
  const event = { ...nativeEvent({ changes: {} }), person: { id: 'p1' }, company: null, ...more }
  const occurredAt = new Date(Date.UTC(2026, 0, day))
  return { idempotencyKey: `test:evt_${day}`, companyId, occurredAt, receivedAt: occurredAt, event }
}

const acme = { id: 'acme', name: 'Acme Inc' }
const fold = (...changes: WaitingChange[]) => {
  const told = changes.flatMap((change) => toPositionChanges(change, 'acme', 'per_1'))
  return [...foldChanges([], told).positions.values()]
}

describe('an event that names no company', () => {
  test('gives its title to the person at the one company where they stand', () => {
    const joined = waiting(1, { company: acme, person: { id: 'p1', newTitle: 'CFO' } })
    const retitled = waiting(3, { person: { id: 'p1', newTitle: 'CEO' } })
    expect(fold(joined, retitled)).toMatchObject([{ title: 'CEO', active: true, changedBy: 'test:evt_1' }])
    expect(fold(retitled, joined)).toEqual(fold(joined, retitled))
  })

  test('does not bring back somebody who had left before it', () => {
    const left = waiting(2, { company: acme, changes: { company: { new: null } } })
    const retitled = waiting(3, { person: { id: 'p1', newTitle: 'CEO' } })
    expect(fold(left, retitled)).toMatchObject([{ title: 'CEO', active: false }])
  })

  test('says nothing of a place where it has no title, or where its person stands at several companies', () => {
    expect(
      toPositionChanges(waiting(1, { changes: { company: { old: 'Acme Inc', new: 'Beta' } } }), 'acme', 'p'),
    ).toEqual([])
    expect(toPositionChanges(waiting(1, { person: { id: 'p1', newTitle: 'CEO' } }, ''), 'acme', 'p')).toEqual([])
  })
})

describe('an event that does not name its person', () => {
  const claims = (...changes: WaitingChange[]) => mergeSightings(changes.map(toSighting))
  const plan = (stored: readonly PersonDoc[], ...changes: WaitingChange[]) =>
    planPeople(stored, claims(...changes), (sourceId) => `per_${sourceId}`)

  test('leaves the name that is known, however much older that is', () => {
    const named = waiting(1, { person: { id: 'p1', name: 'Pat Doe' } })
    expect(claims(waiting(5), named)).toMatchObject([{ name: 'Pat Doe', named: { by: 'test:evt_1' } }])
    const { people } = plan([], named)
    expect(plan(people, waiting(5)).writes).toEqual([])
  })

  test('makes a person without a name, whom anything that has one names', () => {
    const { people } = plan([], waiting(5))
    expect(people).toMatchObject([{ name: '', sourceIds: ['test:p1'] }])
    const row = { sourceId: 'test:p1', name: 'Pat Doe', email: null, title: null, department: null, active: true }
    const claimed = mergeSightings(sightingsOfRows([{ ...row, updatedAt: null }]))
    expect(planPeople(people, claimed, String).people).toMatchObject([{ name: 'Pat Doe' }])
    expect(plan(people, waiting(1, { person: { id: 'p1', name: 'Pat Doe' } })).people).toMatchObject([
      { name: 'Pat Doe' },
    ])
  })
})
