import { describe, expect, test } from 'vitest'
import { deliveryOf, eventsOf, RECEIVED_AT, readFixture } from '../test-kit/deliveries.ts'
import type { Adapter } from './adapter.ts'
import { coresignalAdapter } from './coresignal.ts'
import { crustdataAdapter } from './crustdata.ts'
import { hubspotAdapter } from './hubspot.ts'
import { lushaAdapter } from './lusha.ts'
import { peopleDataLabsAdapter } from './people-data-labs.ts'

/** Without what every event has, so that what an item became stands alone. */
const said = (adapter: Adapter, value: unknown) =>
  eventsOf(adapter, value).map(({ type, person, company, changes, timestamp }) => {
    return { type, person, company, changes: JSON.parse(JSON.stringify(changes)), timestamp }
  })

const thin = { company: null, changes: {} }

describe('Lusha', () => {
  test('a promotion is one at the current company, at the day of the signal', () => {
    const promotion = readFixture('lusha-promotion')
    expect(eventsOf(lushaAdapter, promotion)).toMatchObject([
      { id: '11111111-0402-4f3e-8e26-000000000001', original: promotion },
    ])
    expect(said(lushaAdapter, promotion)).toEqual([
      {
        type: 'person.promotion',
        timestamp: '2026-01-10T00:00:00Z',
        person: { id: '7000000001', newTitle: 'Chief Financial Officer', department: 'Finance' },
        company: { id: '40823133', name: 'Acme Inc' },
        changes: { title: { new: 'Chief Financial Officer' } },
      },
    ])
  })

  test('a company change names the company that was left, and the one that was joined with its id', () => {
    expect(said(lushaAdapter, readFixture('lusha-company-change'))).toEqual([
      {
        type: 'person.company_change',
        timestamp: '2026-02-01T00:00:00Z',
        person: { id: '7000000001', newTitle: 'Chief Executive Officer' },
        company: { id: '8217', name: 'Beta Ltd' },
        changes: {
          title: { new: 'Chief Executive Officer' },
          company: { old: 'Acme Inc', new: { id: '8217', name: 'Beta Ltd' } },
        },
      },
    ])
  })

  test('a signal of a company concerns no person', () => {
    expect(eventsOf(lushaAdapter, readFixture('lusha-company-news'))).toEqual([])
  })

  test('is answered as Lusha requires', () => {
    expect(lushaAdapter.acknowledge?.(deliveryOf(readFixture('lusha-promotion')))).toEqual({
      received: true,
      timestamp: '2026-02-05T12:00:00.000Z',
      webhookId: '11111111-0402-4f3e-8e26-000000000001',
    })
  })

  test('a signal without a day happened when it was sent, and one without a company is thin', () => {
    const { data: _data, ...signal } = readFixture('lusha-promotion') as Record<string, unknown>
    expect(said(lushaAdapter, { ...signal, data: {}, type: 'newSignal' })).toEqual([
      { ...thin, type: 'person.profile_update', timestamp: '2026-01-14T16:16:35.841Z', person: { id: '7000000001' } },
    ])
  })
})

describe('Coresignal', () => {
  const at = new Date(RECEIVED_AT).toISOString()

  test('what changed is read from the names of the fields, and is thin', () => {
    expect(said(coresignalAdapter, readFixture('coresignal-employee'))).toEqual(
      [
        ['123', 'person.role_change'],
        ['124', 'person.role_change'],
        ['125', 'person.profile_update'],
        ['126', 'person.role_change'],
        ['127', 'person.company_change'],
        ['128', 'person.department_change'],
      ].map(([id, type]) => ({ ...thin, type, timestamp: at, person: { id } })),
    )
  })

  test('a change of experience says no more than that', () => {
    expect(said(coresignalAdapter, readFixture('coresignal-experience'))).toEqual([
      { ...thin, type: 'person.role_change', timestamp: at, person: { id: '125' } },
    ])
  })
})

describe('People Data Labs', () => {
  test('each person is one thin event, also one who is listed twice', () => {
    const events = eventsOf(peopleDataLabsAdapter, readFixture('people-data-labs'))
    expect(events).toMatchObject([
      { ...thin, type: 'person.role_change', person: { id: 'aaaaAAAA-invented-0001_0000' } },
      { ...thin, type: 'person.role_change', original: 'bbbbBBBB-invented-0002_0000' },
    ])
  })
})

describe('HubSpot', () => {
  test('the properties of a position say what changed, others that something did, and other objects nothing', () => {
    const at = (second: number) => new Date(1_768_383_000_000 + second * 1_000).toISOString()
    expect(said(hubspotAdapter, readFixture('hubspot'))).toEqual([
      {
        type: 'person.role_change',
        timestamp: at(0),
        person: { id: '51', newTitle: 'Chief Sales Officer' },
        company: null,
        changes: { title: { new: 'Chief Sales Officer' } },
      },
      {
        type: 'person.company_change',
        timestamp: at(1),
        person: { id: '52' },
        company: { id: '8217', name: '' },
        changes: { company: { new: { id: '8217' } } },
      },
      {
        type: 'person.company_change',
        timestamp: at(2),
        person: { id: '53' },
        company: null,
        changes: { company: { new: 'Beta Ltd' } },
      },
      { ...thin, type: 'person.profile_update', timestamp: at(3), person: { id: '54', email: 'pat@acme.example' } },
      { ...thin, type: 'person.profile_update', timestamp: at(4), person: { id: '55' } },
    ])
  })

  test('a change that is delivered again with another attempt number is a repeat', () => {
    const [change] = readFixture('hubspot') as Record<string, unknown>[]
    const [first] = eventsOf(hubspotAdapter, [change])
    const [again] = eventsOf(hubspotAdapter, [{ ...change, attemptNumber: 3 }], RECEIVED_AT + 3_600_000)
    expect([again?.id, again?.bodySha256]).toEqual([first?.id, first?.bodySha256])
  })

  test('two changes that share their event id are two events', () => {
    const [change] = readFixture('hubspot') as Record<string, unknown>[]
    const ids = eventsOf(hubspotAdapter, [change, { ...change, objectId: 99 }]).map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('Crustdata', () => {
  test('each position that began is an event, and other changes of a person are one', () => {
    const timestamp = '2026-01-15T06:00:00+00:00'
    const person = { id: '101', name: 'Pat Doe' }
    expect(said(crustdataAdapter, readFixture('crustdata'))).toEqual([
      {
        type: 'person.role_change',
        timestamp,
        person: { ...person, newTitle: 'Chief Revenue Officer' },
        company: { id: '8217', name: 'Beta Ltd' },
        changes: { title: { new: 'Chief Revenue Officer' } },
      },
      {
        type: 'person.role_change',
        timestamp,
        person: { ...person, newTitle: 'Board Member' },
        company: { id: '9001', name: 'Gamma GmbH' },
        changes: { title: { new: 'Board Member' } },
      },
      {
        type: 'person.role_change',
        timestamp,
        person: { id: '102', name: 'Kim Roe', newTitle: 'SVP Sales' },
        company: { id: '40823133', name: 'Acme Inc' },
        changes: { title: { old: 'VP Sales', new: 'SVP Sales' } },
      },
      {
        type: 'person.company_change',
        timestamp,
        person: { id: '103' },
        company: null,
        changes: { company: { old: 'Acme Inc' } },
      },
      { ...thin, type: 'person.profile_update', timestamp, person: { id: '104', name: 'Lee Poe' } },
    ])
  })

  test('a notification of a watch over companies concerns no person', () => {
    const { metadata } = readFixture('crustdata') as { metadata: object }
    expect(eventsOf(crustdataAdapter, { metadata: { ...metadata, dataset: 'company' }, results: [{}] })).toEqual([])
  })
})
