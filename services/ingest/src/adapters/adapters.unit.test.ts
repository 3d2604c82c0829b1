import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { validateReportedEvent } from '../rules/validate-native-event.ts'
import { deliveryOf, eventsOf, RECEIVED_AT, readFixture } from '../test-kit/deliveries.ts'
import type { Adapter } from './adapter.ts'
import { coresignalAdapter } from './coresignal.ts'
import { crustdataAdapter } from './crustdata.ts'
import { hubspotAdapter } from './hubspot.ts'
import { lushaAdapter } from './lusha.ts'
import { peopleDataLabsAdapter } from './people-data-labs.ts'

const issuesOf = (adapter: Adapter, value: unknown) => {
  const adapted = adapter.toEvents(deliveryOf(value))
  return adapted.ok ? [] : adapted.issues.map(({ path }) => path.join('.'))
}

describe('what is of the wrong shape is refused, with where and without what', () => {
  const hubspot = { eventId: 1, subscriptionType: 'contact.propertyChange', objectId: 1, occurredAt: 1 }
  test.each<[string, Adapter, unknown, string[]]>([
    ['no list', coresignalAdapter, { member_id: 1 }, ['']],
    ['too long a list', peopleDataLabsAdapter, Array(5_001).fill('a'), ['']],
    ['an item without a person', coresignalAdapter, [{ member_id: 1, status: 'x' }, { status: 'x' }], ['1.member_id']],
    ['an id that JSON cannot carry', coresignalAdapter, [{ member_id: 2 ** 60, status: 'x' }], ['0.member_id']],
    ['an id that is none', peopleDataLabsAdapter, ['a', '', null], ['1', '2']],
    ['a time that is none', hubspotAdapter, [{ ...hubspot, occurredAt: 'yesterday' }], ['0.occurredAt']],
    ['an item that is none, behind others', hubspotAdapter, [{ subscriptionType: 'company.creation' }, 5], ['1']],
    ['a signal without an id', lushaAdapter, { entityType: 'contact' }, ['id']],
    [
      'a signal without a body',
      lushaAdapter,
      { id: 'a', entityType: 'contact', entityId: 1 },
      ['type', 'timestamp', 'data'],
    ],
    [
      'a notification without an id',
      crustdataAdapter,
      { metadata: {}, results: [] },
      ['metadata.notification_id', 'metadata.delivered_at'],
    ],
  ])('%s', (_what, adapter, value, paths) => {
    expect(issuesOf(adapter, value)).toEqual(paths)
  })

  test('nesting beyond all measure', () => {
    let deep: unknown = []
    for (let level = 0; level < 50_000; level += 1) deep = [deep]
    const delivery = { ...deliveryOf(null), value: [{ member_id: 1, status: 'x', deep }] }
    expect(coresignalAdapter.toEvents(delivery)).toMatchObject({ ok: false, issues: [{ path: [] }] })
  })
})

const ADAPTERS = [lushaAdapter, coresignalAdapter, hubspotAdapter, peopleDataLabsAdapter, crustdataAdapter]

/** Lists of items of the formats that have lists, few values each, so that some are equal. */
const id = fc.integer({ min: 1, max: 3 })
const LISTS: readonly (readonly [Adapter, fc.Arbitrary<unknown[]>, (items: unknown[]) => unknown])[] = [
  [
    coresignalAdapter,
    fc.array(
      fc.record({ member_id: id, status: fc.constant('changed'), changed_fields: fc.subarray(['title', 'skills']) }),
    ),
    (items) => items,
  ],
  [peopleDataLabsAdapter, fc.array(fc.constantFrom('a', 'b', 'c')), (items) => items],
  [
    hubspotAdapter,
    fc.array(
      fc.record({
        eventId: id,
        objectId: id,
        occurredAt: id,
        subscriptionType: fc.constantFrom('contact.propertyChange', 'company.creation'),
        propertyName: fc.constantFrom('jobtitle', 'company', 'phone'),
        propertyValue: fc.constantFrom('VP Sales', '', null),
      }),
    ),
    (items) => items,
  ],
  [
    crustdataAdapter,
    fc.array(
      fc.record({
        changes: fc.array(
          fc.record({ field: fc.constantFrom('experience.x', 'skills'), type: fc.constant('changed') }),
        ),
        record: fc.record({ crustdata_person_id: id }),
      }),
    ),
    (results) => ({ metadata: { notification_id: 'n1', delivered_at: '2026-01-15T06:00:00Z' }, results }),
  ],
]

describe('every format', () => {
  test.each(ADAPTERS.map((adapter) => [adapter.name, adapter] as const))(
    '%s throws at no JSON at all',
    (_name, adapter) => {
      const fixtures = ['lusha-promotion', 'coresignal-employee', 'hubspot', 'crustdata'].map(readFixture)
      const spoilt = fc.constantFrom(...fixtures).chain((fixture) => spoil(fixture))
      fc.assert(
        fc.property(fc.oneof(fc.jsonValue(), spoilt), (value) => {
          const delivery = deliveryOf(value)
          const adapted = adapter.toEvents(delivery)
          expect(adapter.toEvents(delivery)).toEqual(adapted)
          if (!adapted.ok) expect(adapted.issues.length).toBeGreaterThan(0)
          else for (const { event } of adapted.events) validateReportedEvent(event, RECEIVED_AT)
        }),
      )
    },
  )

  test.each(LISTS.map(([adapter, items, wrap]) => [adapter.name, adapter, items, wrap] as const))(
    '%s names an item the same in any order, in any delivery, and once a delivery',
    (_name, adapter, items, wrap) => {
      const keys = (list: unknown[]) => eventsOf(adapter, wrap(list)).map((event) => `${event.id} ${event.bodySha256}`)
      const split = items.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), fc.nat(list.length)),
      )
      fc.assert(
        fc.property(split, ([list, shuffled, at]) => {
          const all = keys(list)
          expect(new Set(all).size).toBe(all.length)
          expect(keys(shuffled).toSorted()).toEqual(all.toSorted())
          const halves = new Set([...keys(list.slice(0, at)), ...keys(list.slice(at))])
          expect([...halves].toSorted()).toEqual(all.toSorted())
        }),
      )
    },
  )

  test('an item without an id or a time is a repeat for five minutes of the clock, and another change after', () => {
    const idAt = (ms: number) =>
      eventsOf(coresignalAdapter, readFixture('coresignal-experience'), RECEIVED_AT + ms)[0]?.id
    expect(idAt(299_999)).toBe(idAt(0))
    expect(idAt(300_000)).not.toBe(idAt(0))
  })

  test('what was signed of an item is told by its own JSON', () => {
    const [event] = eventsOf(coresignalAdapter, readFixture('coresignal-experience'))
    expect(event?.bodySha256).toBe(hash('sha256', '{"member_id":125,"status":"changed"}'))
  })
})

/** The fixture with one value in it replaced by another of any kind. */
function spoil(fixture: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(fixture)
  return fc.tuple(fc.constantFrom(...paths), fc.jsonValue()).map(([path, value]) => {
    const copy = structuredClone(fixture)
    const holder = path.slice(0, -1).reduce((at, key) => (at as Record<string, unknown>)[key], copy as unknown)
    ;(holder as Record<string, unknown>)[path.at(-1) ?? ''] = value
    return copy
  })
}

function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) => [[key], ...pathsOf(child).map((path) => [key, ...path])])
}
