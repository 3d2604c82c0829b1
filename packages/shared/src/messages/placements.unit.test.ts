import { describe, expect, test } from 'vitest'
import type { NativeEvent } from './native-event.ts'
import { placementsOf } from './placements.ts'

const event = (changes: NativeEvent['changes'], person: Partial<NativeEvent['person']> = {}): NativeEvent => ({
  id: 'evt_1',
  source: 'test',
  type: 'person.company_change',
  timestamp: '2026-01-01T00:00:00Z',
  person: { id: 'p1', name: 'Pat Doe', newTitle: 'CFO', ...person },
  company: { id: 'acme', name: 'Acme Inc' },
  changes,
})

const where = (changes: NativeEvent['changes'], person: Partial<NativeEvent['person']> = {}, companyId = 'acme') =>
  placementsOf(event(changes, person), companyId).map(
    ({ companyId, active, title }) => `${companyId} ${active ? `at as ${title}` : 'gone'}`,
  )

describe('where a person stands after an event', () => {
  test('a change that names no company leaves the person at the company with the new title', () => {
    expect(where({ title: { old: 'CTO', new: 'CFO' } })).toEqual(['acme at as CFO'])
  })

  test('a null new company means that the person has left', () => {
    expect(where({ company: { old: 'Acme Inc', new: null } })).toEqual(['acme gone'])
    expect(where({ company: { old: { id: 'other', name: 'Other' }, new: null } })).toEqual(['acme gone'])
  })

  test('a move between two identified companies leaves the old one and joins the new one, whichever the event names', () => {
    const move = { company: { old: { id: 'acme', name: 'Acme Inc' }, new: { id: 'beta', name: 'Beta' } } }
    expect(where(move)).toEqual(['acme gone', 'beta at as CFO'])
    const arrival = { company: { old: { id: 'beta', name: 'Beta' }, new: { id: 'acme', name: 'Acme Inc' } } }
    expect(where(arrival)).toEqual(['beta gone', 'acme at as CFO'])
  })

  test('a side that names no company of its own stands for the company of the event', () => {
    expect(where({ company: { old: 'Acme Inc', new: { id: 'beta' } } })).toEqual(['acme gone', 'beta at as CFO'])
    expect(where({ company: { old: { id: 'beta' }, new: 'Acme Inc' } })).toEqual(['beta gone', 'acme at as CFO'])
  })

  test('the same company on both sides is no move', () => {
    const same = { id: 'acme', name: 'Acme Inc' }
    expect(where({ company: { old: same, new: same } })).toEqual(['acme at as CFO'])
    expect(where({ company: { old: { id: 'beta' }, new: { id: 'beta' } } })).toEqual(['beta at as CFO'])
  })

  test('bare names are text and never a second company', () => {
    expect(where({ company: { old: 'Acme Inc', new: 'Beta' } })).toEqual(['acme gone'])
    expect(where({ company: { old: ' acme  INC ', new: 'Beta' } })).toEqual(['acme gone'])
    expect(where({ company: { old: 'Beta', new: 'Acme Inc' } })).toEqual(['acme at as CFO'])
    expect(where({ company: { old: 'Beta', new: 'Gamma' } })).toEqual(['acme at as CFO'])
    expect(where({ company: { old: null, new: 'Acme Inc' } })).toEqual(['acme at as CFO'])
  })

  test('the new title of the person goes before that of the changes', () => {
    const changes = { title: { old: 'CTO', new: 'COO' } }
    expect(where(changes)).toEqual(['acme at as CFO'])
    expect(where(changes, { newTitle: null })).toEqual(['acme at as COO'])
    expect(where(changes, { newTitle: '  ' })).toEqual(['acme at as COO'])
    expect(where({}, { newTitle: undefined })).toEqual(['acme at as null'])
  })

  test('the prefix that ingest put before the company id goes before every other company id too', () => {
    const move = { company: { old: { id: 'acme' }, new: { id: 'beta' } } }
    expect(where(move, {}, 'li:acme')).toEqual(['li:acme gone', 'li:beta at as CFO'])
  })
})
