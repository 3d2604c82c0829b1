import type { PersonDoc, PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldChanges } from './fold-changes.ts'
import { positionOf } from './merge-positions.ts'
import { mergeSightings } from './merge-sightings.ts'
import type { PersonSighting, PositionChange } from './person-sighting.ts'
import { planPeople } from './plan-people.ts'
import { GAP_STAMP, positionChangesOfRows, sightingsOfRows } from './sourced-people.ts'
import type { SourcedPerson } from './sourced-person.ts'

const timeOf = (at: number) => new Date(Date.UTC(2026, 0, at)).toISOString()

const row = (more: Partial<SourcedPerson> = {}): SourcedPerson => ({
  sourceId: 'crm:1',
  name: 'Ada Example',
  email: null,
  title: null,
  department: null,
  active: true,
  updatedAt: null,
  ...more,
})

/** crm:1 and hr:1 are one person. */
const personIds = new Map([
  ['crm:1', 'per_1'],
  ['hr:1', 'per_1'],
  ['crm:2', 'per_2'],
])

const changesOf = (rows: readonly SourcedPerson[]) => positionChangesOfRows(rows, 'acme', personIds)

const event = (more: Partial<PositionChange> & { at: number }): PositionChange => {
  const { at, ...rest } = more
  return {
    companyId: 'acme',
    personId: 'per_1',
    active: true,
    title: null,
    department: null,
    changedAt: new Date(timeOf(at)),
    changedBy: `test:evt_${at}`,
    ...rest,
  }
}

const fold = (changes: readonly PositionChange[], stored: readonly PositionDoc[] = []) =>
  [...foldChanges(stored, changes).positions.values()].toSorted((a, b) => (a.personId < b.personId ? -1 : 1))

const title = fc.constantFrom(null, 'CFO', 'VP Sales', 'Zookeeper')
const department = fc.constantFrom(null, 'Marketing', 'Legal')
const day = fc.integer({ min: 1, max: 4 })

/** One row a source id, as a source answers; few people and instants, so that they meet. */
const rowsWith = (updatedAt: fc.Arbitrary<string | null>) =>
  fc.uniqueArray(
    fc.record({
      sourceId: fc.constantFrom('crm:1', 'hr:1', 'crm:2'),
      name: fc.constantFrom('Ada', 'Bea'),
      email: fc.constantFrom(null, 'ada@example.com'),
      title,
      department,
      active: fc.boolean(),
      updatedAt,
    }),
    { selector: ({ sourceId }) => sourceId, maxLength: 3 },
  )
const rows = rowsWith(fc.option(day.map(timeOf), { nil: null }))
const rowsWithoutTime = rowsWith(fc.constant(null))

const events = fc.uniqueArray(
  fc
    .record({ personId: fc.constantFrom('per_1', 'per_2'), at: day, active: fc.boolean(), title, department })
    .map(event),
  { selector: ({ personId, changedBy }) => `${personId}/${changedBy}`, maxLength: 6 },
)

describe('positions of sourced people', () => {
  test('reach one end in whatever order rows and changes come, however often', () => {
    const mixed = fc.record({ rows, events }).chain((given) =>
      fc.record({
        given: fc.constant(given),
        rows: fc.shuffledSubarray(given.rows, { minLength: given.rows.length }),
        order: fc.infiniteStream(fc.nat()),
      }),
    )
    fc.assert(
      fc.property(mixed, ({ given, rows: otherRows, order }) => {
        const truth = fold([...given.events, ...changesOf(given.rows)])
        const shuffled = [...given.events, ...changesOf(otherRows), ...given.events, ...changesOf(given.rows)]
          .map((change) => ({ change, at: order.next().value }))
          .toSorted((left, right) => left.at - right.at)
          .map(({ change }) => change)
        expect(fold(shuffled)).toEqual(truth)
        expect(fold(changesOf(otherRows), truth)).toEqual(truth)
        expect(foldChanges(truth, changesOf(given.rows)).news).toEqual([])
      }),
    )
  })

  test('a row without a time never overwrites a position, a title or a department that someone named', () => {
    fc.assert(
      fc.property(events, rowsWithoutTime, (told, given) => {
        for (const before of fold(told)) {
          const after = fold(changesOf(given), fold(told)).find(({ personId }) => personId === before.personId)
          const { changedAt, changedBy, active } = before
          expect(after).toMatchObject({ changedAt, changedBy, active })
          if (before.titleChanged !== undefined) expect(after).toMatchObject({ title: before.title })
          if (before.departmentChanged !== undefined) expect(after).toMatchObject({ department: before.department })
        }
      }),
    )
  })

  test('what filled a gap is not overwritten by what another row without a time says later', () => {
    fc.assert(
      fc.property(rowsWithoutTime, rowsWithoutTime, (first, second) => {
        const before = fold(changesOf(first))
        const after = new Map(fold(changesOf(second), before).map((position) => [position.personId, position]))
        for (const position of before) {
          const { title: filled, departmentChanged } = position
          if (filled !== '') expect(after.get(position.personId)?.title).toBe(filled)
          if (departmentChanged) expect(after.get(position.personId)?.department).toBe(position.department)
        }
      }),
    )
  })

  test('an older row never wins over an event, nor over a newer row', () => {
    const stored = fold([event({ at: 3, title: 'CFO', department: 'Finance' })])
    expect(
      fold(changesOf([row({ title: 'CTO', department: 'IT', active: false, updatedAt: timeOf(2) })]), stored),
    ).toEqual(stored)
    const newer = fold(changesOf([row({ title: 'CFO', department: 'Finance', updatedAt: timeOf(3) })]))
    expect(fold(changesOf([row({ title: 'CTO', active: false, updatedAt: timeOf(2) })]), newer)).toEqual(newer)
  })

  test('a newer row wins, field by field: what it does not name stays', () => {
    const stored = fold([event({ at: 3, title: 'CFO', department: 'Legal' })])
    expect(fold(changesOf([row({ title: 'CEO', updatedAt: timeOf(4) })]), stored)).toMatchObject([
      { title: 'CEO', department: 'legal', active: true, changedAt: new Date(timeOf(4)) },
    ])
  })

  test('of a row and an event of the same instant the event wins', () => {
    // A source may well have a name that sorts before "people".
    const told = event({ at: 3, title: 'CFO', changedBy: '0:evt' })
    const changes = [told, ...changesOf([row({ title: 'CTO', updatedAt: timeOf(3) })])]
    expect(fold(changes)).toMatchObject([{ title: 'CFO' }])
    expect(fold(changes.toReversed())).toMatchObject([{ title: 'CFO' }])
  })

  test('a person who has left stays away whatever a row without a time says', () => {
    const stored = fold([event({ at: 1, title: 'CFO' }), event({ at: 2, active: false })])
    expect(fold(changesOf([row({ title: 'CFO', active: true })]), stored)).toEqual(stored)
  })

  test('a title that nobody named is filled, and the event that names one later wins', () => {
    const filled = fold(changesOf([row({ title: 'CFO' })]), fold([event({ at: 2 })]))
    expect(filled).toMatchObject([{ title: 'CFO', seniority: 'c-suite', changedAt: new Date(timeOf(2)) }])
    expect(fold([event({ at: 1, title: 'CTO' })], filled)).toMatchObject([{ title: 'CTO' }])
  })

  test('of two rows without a time that are one person the first source id that names a field counts', () => {
    const given = [
      row({ sourceId: 'hr:1', title: 'CTO', department: 'Legal' }),
      row({ sourceId: 'crm:1', title: 'CFO' }),
    ]
    for (const order of [given, given.toReversed()]) {
      expect(changesOf(order)).toMatchObject([{ personId: 'per_1', title: 'CFO', department: 'Legal' }])
    }
  })

  test('a row without a time that says someone is not there says nothing', () => {
    expect(changesOf([row({ active: false })])).toEqual([])
    expect(changesOf([row({ active: false, updatedAt: timeOf(1) })])).toMatchObject([{ active: false }])
  })

  test('a row of somebody unknown is left out', () => {
    expect(
      changesOf([row({ sourceId: 'crm:unknown' }), row({ sourceId: 'crm:unknown', updatedAt: timeOf(1) })]),
    ).toEqual([])
  })

  test('every change with a time wins over a gap, however old', () => {
    const oldest = event({ at: 1, title: 'CTO', changedAt: GAP_STAMP.at, changedBy: '!import:crm' })
    expect(fold([oldest, ...changesOf([row({ title: 'CFO' })])])).toEqual([positionOf(oldest)])
  })
})

describe('sightings of sourced people', () => {
  const plan = (sightings: readonly PersonSighting[], stored: readonly PersonDoc[] = []) =>
    planPeople(stored, mergeSightings(sightings), (sourceId) => `per_${sourceId}`).people

  const seen: PersonSighting = {
    sourceId: 'crm:1',
    name: 'Ada Newer',
    email: null,
    changedAt: new Date(timeOf(2)),
    changedBy: 'test:evt',
  }

  test('a row without a time names a person nobody knows, and fills an address nobody named', () => {
    const [stranger] = plan(sightingsOfRows([row({ email: 'Ada@Example.com' })]))
    expect(stranger).toMatchObject({ name: 'Ada Example', email: 'ada@example.com', changedAt: GAP_STAMP.at })
    const [known] = plan(sightingsOfRows([row({ email: 'ada@example.com' })]), plan([seen]))
    expect(known).toMatchObject({ name: 'Ada Newer', email: 'ada@example.com', changedBy: 'test:evt' })
  })

  test('a row without a time never overwrites a name or an address, in either order', () => {
    const given = sightingsOfRows([row({ email: 'other@example.com' })])
    const addressed = { ...seen, email: 'ada@example.com' }
    const truth = plan([addressed])
    expect(plan([...given, addressed])).toEqual(truth)
    expect(plan(given, truth)).toEqual(truth)
    expect(plan([addressed], plan(given))).toMatchObject([{ name: 'Ada Newer', email: 'ada@example.com' }])
  })

  test('a row with a time wins over older sightings and loses to newer ones', () => {
    expect(plan([seen, ...sightingsOfRows([row({ updatedAt: timeOf(3) })])])).toMatchObject([{ name: 'Ada Example' }])
    expect(plan([seen, ...sightingsOfRows([row({ updatedAt: timeOf(1) })])])).toMatchObject([{ name: 'Ada Newer' }])
  })

  test('a row without a time never keeps an event from its address, in one refresh or a later one', () => {
    const addressed = { ...seen, email: 'ada@example.com' }
    const given = sightingsOfRows([row({ sourceId: 'hr:7', email: 'ada@example.com' })])
    // One human: the row is of whoever has the address.
    expect(plan([...given, addressed], plan([seen]))).toMatchObject([
      { sourceIds: ['crm:1', 'hr:7'], email: 'ada@example.com' },
    ])
    const later = plan([addressed], [...plan([seen]), ...plan(given)])
    expect(later).toMatchObject([
      { sourceIds: ['crm:1'], email: 'ada@example.com' },
      { sourceIds: ['hr:7'], emailConflict: 'ada@example.com' },
    ])
    expect(later[1]).not.toHaveProperty('email')
    expect(plan([...given, addressed], later)).toEqual(later)
  })

  test('an address goes from a row without a time only to somebody who has no newer one', () => {
    const newer = { ...seen, email: 'new@example.com', changedAt: new Date(timeOf(3)), changedBy: 'test:evt_3' }
    const given = sightingsOfRows([row({ sourceId: 'hr:7', email: 'ada@example.com' })])
    const stored = [...plan([newer]), ...plan(given)]
    expect(plan([{ ...seen, email: 'ada@example.com' }], stored)).toEqual(stored)
  })

  test('rows without a time change nothing of what events say who is who and how to reach them', () => {
    const address = fc.constantFrom(null, 'a@x.io', 'b@x.io')
    const told = fc.uniqueArray(
      fc
        .record({ sourceId: fc.constantFrom('test:1', 'test:2', 'test:3'), at: day, email: address })
        .map(({ at, ...rest }) => ({
          ...rest,
          name: `${rest.sourceId} on day ${at}`,
          changedAt: new Date(timeOf(at)),
          changedBy: `evt_${at}`,
        })),
      { selector: ({ sourceId, changedBy }) => `${sourceId}/${changedBy}`, maxLength: 6 },
    )
    const given = fc
      .uniqueArray(fc.record({ id: fc.constantFrom('7', '8'), email: address }), { selector: ({ id }) => id })
      .map((list) => sightingsOfRows(list.map(({ id, email }) => row({ sourceId: `crm:${id}`, email }))))
    /** By source id of an event: whom it is one with, and what is known of them. */
    const toldOf = (people: readonly PersonDoc[]) =>
      people
        .map(({ sourceIds, name, email, emailConflict }) => ({
          sourceIds: sourceIds.filter((sourceId) => sourceId.startsWith('test:')).toSorted(),
          name,
          email,
          emailConflict,
        }))
        .filter(({ sourceIds }) => sourceIds.length > 0)
        .toSorted((left, right) => (String(left.sourceIds) < String(right.sourceIds) ? -1 : 1))
    const mixed = fc
      .record({ first: told, second: told, rows: fc.tuple(given, given) })
      .chain(({ first, second, rows: [early, late] }) =>
        fc.record({
          truth: fc.constant(plan(second, plan(first))),
          first: fc.shuffledSubarray([...first, ...early], { minLength: first.length + early.length }),
          second: fc.shuffledSubarray([...second, ...late], { minLength: second.length + late.length }),
        }),
      )
    fc.assert(
      fc.property(mixed, ({ truth, first, second }) => {
        expect(toldOf(plan(second, plan(first)))).toEqual(toldOf(truth))
      }),
      { numRuns: 1_000 },
    )
  })

  test('the order of rows never matters, and repeats change nothing', () => {
    const shuffled = rows.chain((list) =>
      fc.record({ list: fc.constant(list), order: fc.shuffledSubarray(list, { minLength: list.length }) }),
    )
    fc.assert(
      fc.property(shuffled, ({ list, order }) => {
        const truth = plan(sightingsOfRows(list))
        expect(plan(sightingsOfRows(order))).toEqual(truth)
        expect(plan(sightingsOfRows(order), truth)).toEqual(truth)
      }),
    )
  })
})
