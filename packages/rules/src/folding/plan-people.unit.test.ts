import type { PersonDoc } from '@buyer-group/shared/mongo/collections.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeSightings } from './merge-sightings.ts'
import { normaliseEmail } from './normalise-email.ts'
import type { PersonSighting } from './person-sighting.ts'
import { planPeople } from './plan-people.ts'

const sighting = (sourceId: string, day: number, email: string | null = null): PersonSighting => ({
  sourceId,
  name: `${sourceId} on day ${day}`,
  email,
  changedAt: new Date(day),
  changedBy: `evt_${day}`,
})

const plan = (stored: readonly PersonDoc[], ...sightings: PersonSighting[]) =>
  planPeople(stored, mergeSightings(sightings), (sourceId) => `per_${sourceId}`)

const person = (sourceId: string, day: number, more: Partial<PersonDoc> = {}): PersonDoc => ({
  personId: `per_${sourceId}`,
  sourceIds: [sourceId],
  name: `${sourceId} on day ${day}`,
  changedAt: new Date(day),
  changedBy: `evt_${day}`,
  ...more,
})

describe('an address', () => {
  test.each([
    [' Pat@Example.COM ', 'pat@example.com'],
    ['Jose\u0301@x.io', 'jos\u00e9@x.io'],
    ['n/a', null],
    ['', null],
    [null, null],
    [undefined, null],
    ['two words@x.io', null],
  ])('%j is stored as %j', (email, normalised) => {
    expect(normaliseEmail(email)).toBe(normalised)
  })
})

describe('who is who', () => {
  test('goes by source id before address', () => {
    const stored = [person('a', 1), person('b', 1, { email: 'x@x.io' })]
    const { personIds, writes } = plan(stored, sighting('a', 2, 'x@x.io'))
    expect(personIds.get('a')).toBe('per_a')
    expect(writes).toMatchObject([{ before: stored[0], after: { emailConflict: 'x@x.io', name: 'a on day 2' } }])
  })

  test('goes by address where the source id is new, also between two new ones', () => {
    const stored = [person('a', 1, { email: 'x@x.io' })]
    const { personIds } = plan(
      stored,
      sighting('b', 2, 'X@x.io'),
      sighting('c', 3, 'y@x.io'),
      sighting('d', 4, 'y@x.io'),
    )
    expect([...personIds.values()]).toEqual(['per_a', 'per_c', 'per_c'])
  })

  test('lets an address be taken that its holder gives up in the same batch', () => {
    const stored = [person('a', 1, { email: 'x@x.io' }), person('b', 1)]
    const { people } = plan(stored, sighting('a', 2, 'new@x.io'), sighting('b', 3, 'x@x.io'))
    expect(people.map(({ email }) => email)).toEqual(['new@x.io', 'x@x.io'])
  })

  test('plans nothing for what is known', () => {
    const stamp = { at: new Date(5), by: 'evt_5' }
    const stored = [person('a', 5, { email: 'x@x.io', emailChanged: stamp })]
    expect(plan(stored, sighting('a', 5, 'x@x.io'), sighting('a', 3, 'old@x.io')).writes).toEqual([])
  })

  test('is decided by the oldest first, so that who had an address first keeps it', () => {
    const sightings = [sighting('c', 3, 'x@x.io'), sighting('b', 2, 'x@x.io'), sighting('a', 2, 'x@x.io')]
    expect(mergeSightings(sightings).map(({ sourceId }) => sourceId)).toEqual(['a', 'b', 'c'])
    const stored = [person('a', 1), person('b', 1), person('c', 1)]
    expect(plan(stored, ...sightings).people).toMatchObject([
      { email: 'x@x.io' },
      { emailConflict: 'x@x.io' },
      { emailConflict: 'x@x.io' },
    ])
  })

  test('does not depend on the order of the sightings', () => {
    const sightings = fc.array(
      fc
        .record({
          id: fc.constantFrom('a', 'b', 'c'),
          day: fc.nat({ max: 9 }),
          email: fc.constantFrom(null, 'x@x.io', 'y@x.io'),
        })
        .map(({ id, day, email }) => sighting(id, day, email)),
      { maxLength: 12 },
    )
    const unique = sightings.map((list) => [
      ...new Map(list.map((one) => [`${one.sourceId}/${one.changedBy}`, one])).values(),
    ])
    const shuffled = unique.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
    )
    fc.assert(
      fc.property(shuffled, ([list, order]) => {
        expect(plan([], ...order)).toEqual(plan([], ...list))
      }),
    )
  })
})
