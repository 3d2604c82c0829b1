import { foldChanges } from '@buyer-group/rules/folding/fold-changes.ts'
import type { PositionChange } from '@buyer-group/rules/folding/person-sighting.ts'
import { DEFAULT_PROFILE } from '@buyer-group/rules/membership/default-profile.ts'
import type { Member } from '@buyer-group/shared/messages/messages.ts'
import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import type { PersonDoc, PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import { type EventOverrides, nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { between, pick, type Random, seededRandom, shuffled } from '@buyer-group/testing/scenarios/seeded-random.ts'
import { describe, expect, test } from 'vitest'
import type { BacktestEvent } from './backtest-event.ts'
import { composeGroup } from './compose-group.ts'
import { type TracedChange, toTracedChanges } from './traced-change.ts'

const START = Date.parse('2026-01-01T00:00:00Z')

/** An event at that minute, which says of its person only what is given. */
function eventAt(minute: number, { person, id = `e${minute}`, ...overrides }: EventOverrides): BacktestEvent {
  const { newTitle: _builders, ...rest } = nativeEvent().person
  const at = new Date(START + minute * 60_000)
  const base = nativeEvent({ id, changes: {}, timestamp: at.toISOString(), ...overrides })
  const event: NativeEvent = { ...base, person: { ...rest, ...person } }
  return { key: `test:${id}`, companyId: 'acme', receivedAt: at.getTime(), occurredAt: at, event, recorded: null }
}

const always = { isTrusted: () => true, ignoreCosmetic: false }
const sides = {
  current: { policy: { ...always, significantTypes: new Set(['person.kept', 'person.dropped']) } },
  candidate: { policy: { ...always, significantTypes: new Set(['person.kept', 'person.added']) } },
}
const toChanges = (events: readonly BacktestEvent[]) =>
  events.flatMap((event) => toTracedChanges(event, sides)).filter(({ companyId }) => companyId === 'acme')

const person = (id: string): PersonDoc => ({
  personId: `per_${id}`,
  sourceIds: [`test:${id}`],
  name: id,
  changedAt: new Date(START - 1),
  changedBy: '!import',
})
const people = ['p1', 'p2', 'p3'].map(person)

const positionChange = ({ placement, sighting }: TracedChange): PositionChange => ({
  companyId: 'acme',
  personId: `per_${sighting.sourceId.slice('test:'.length)}`,
  active: placement.active,
  title: placement.title,
  department: placement.department,
  changedAt: sighting.changedAt,
  changedBy: sighting.changedBy,
})

/** What the directory holds once these changes were folded over where people stood before. */
function fold(before: readonly PositionDoc[], changes: readonly TracedChange[]): PositionDoc[] {
  return [...foldChanges(before, changes.map(positionChange)).positions.values()]
}

const imported = (personId: string, title: string, department: string | null = null): PositionDoc => {
  const [position] = foldChanges(
    [],
    [
      {
        companyId: 'acme',
        personId,
        active: true,
        title,
        department,
        changedAt: new Date(START - 1),
        changedBy: '!import',
      },
    ],
  ).positions.values()
  if (position === undefined) throw new Error('nothing was folded')
  return position
}

const titlesOf = (events: readonly BacktestEvent[], before = [imported('per_p1', 'Sales Manager')]) => {
  const changes = toChanges(events)
  const positions = fold(
    before,
    changes.filter(({ isFolded }) => isFolded.current),
  )
  const { members, untold } = composeGroup(
    { companyId: 'acme', positions, people, changes },
    'candidate',
    DEFAULT_PROFILE,
  )
  return { titles: members.map(({ personId, title }) => `${personId} ${title}`), untold }
}

const retitled = (minute: number, type: string, oldTitle: string | null, newTitle: string) =>
  eventAt(minute, { type, person: { oldTitle, newTitle } })

describe('a group under rules other than those it was folded by', () => {
  test('shows the title from before a change that is left out', () => {
    expect(titlesOf([retitled(1, 'person.dropped', 'Sales Manager', 'VP Sales')])).toEqual({
      titles: ['per_p1 Sales Manager'],
      untold: 0,
    })
  })

  test('shows what is folded besides, also of a person whom the directory does not hold', () => {
    const added = retitled(1, 'person.added', 'Sales Manager', 'VP Sales')
    const stranger = eventAt(2, { type: 'person.added', person: { id: 'p9', name: 'New', newTitle: 'CFO' } })
    expect(titlesOf([added, stranger]).titles).toEqual(['new:test:p9 CFO', 'per_p1 VP Sales'])
  })

  test('shows the newest change that is kept beneath those left out, in whatever order they came', () => {
    const events = [
      retitled(1, 'person.kept', 'Sales Manager', 'Director of Sales'),
      retitled(2, 'person.dropped', 'Director of Sales', 'VP Sales'),
      retitled(3, 'person.dropped', 'VP Sales', 'CRO'),
    ]
    for (const order of [events, events.toReversed()]) {
      expect(titlesOf(order).titles).toEqual(['per_p1 Director of Sales'])
    }
  })

  test('leaves a value as it is and counts it where nothing tells the one before', () => {
    expect(titlesOf([retitled(1, 'person.dropped', null, 'VP Sales')])).toEqual({
      titles: ['per_p1 VP Sales'],
      untold: 1,
    })
    const later = retitled(2, 'person.added', null, 'Sales Lead')
    expect(titlesOf([retitled(1, 'person.dropped', null, 'VP Sales'), later])).toEqual({
      titles: ['per_p1 Sales Lead'],
      untold: 0,
    })
  })

  test('holds who left and not who came, where leaving and coming are left out', () => {
    const left = eventAt(1, { type: 'person.dropped', changes: { company: { old: 'Acme Inc', new: null } } })
    const came = eventAt(2, {
      type: 'person.dropped',
      person: { id: 'p2', newTitle: 'CFO' },
      changes: { company: { old: 'Beta', new: 'Acme Inc' } },
    })
    expect(titlesOf([left, came]).titles).toEqual(['per_p1 Sales Manager'])
  })

  test('reads the department that a change left out had named from before', () => {
    const changes = { department: { old: 'Legal', new: 'Finance' } }
    const events = toChanges([eventAt(1, { type: 'person.dropped', changes })])
    const positions = fold([imported('per_p1', 'Manager')], events)
    const compose = (side: 'current' | 'candidate') =>
      composeGroup({ companyId: 'acme', positions, people, changes: events }, side, DEFAULT_PROFILE).members[0]
        ?.department
    expect([compose('current'), compose('candidate')]).toEqual(['finance', 'legal'])
  })
})

test('reads titles by the tables of this version, as every refresh does, whatever an older one has stored', () => {
  const positions = [{ ...imported('per_p1', 'CFO'), seniority: 'individual', department: 'other' }]
  const facts = { companyId: 'acme', positions, people, changes: [] }
  expect(composeGroup(facts, 'current', DEFAULT_PROFILE).members).toMatchObject([
    { personId: 'per_p1', seniority: 'c-suite', department: 'finance' },
  ])
})

describe('departments that changes left out had named', () => {
  const moved = (minute: number, type: string, old: string | null, now: string) =>
    eventAt(minute, { type, changes: { department: { old, new: now } } })
  const departmentOf = (events: readonly BacktestEvent[], before = [imported('per_p1', 'Manager', 'Sales')]) => {
    const changes = toChanges(events)
    const positions = fold(
      before,
      changes.filter(({ isFolded }) => isFolded.current),
    )
    const facts = { companyId: 'acme', positions, people, changes: changes.toReversed() }
    const { members, untold } = composeGroup(facts, 'candidate', DEFAULT_PROFILE)
    return `${members[0]?.department}, ${untold} untold`
  }

  test('are undone one after the other, down to the one before them all', () => {
    const events = [moved(1, 'person.dropped', 'Sales', 'Legal'), moved(2, 'person.dropped', 'Legal', 'IT')]
    expect(departmentOf(events)).toBe('sales, 0 untold')
  })

  test('are undone beneath one that does not tell what was before it', () => {
    const events = [moved(1, 'person.dropped', 'Sales', 'Legal'), moved(2, 'person.dropped', null, 'Legal')]
    expect(departmentOf(events)).toBe('sales, 0 untold')
    expect(departmentOf(events.slice(1))).toBe('legal, 1 untold')
  })

  test('stand where something between two of them had set another', () => {
    const events = [moved(1, 'person.dropped', 'Sales', 'Legal'), moved(2, 'person.dropped', 'Finance', 'IT')]
    expect(departmentOf(events)).toBe('finance, 0 untold')
  })
})

test('changes of one instant are undone from the last key to the first, in whatever order they were read', () => {
  const events = ['VP Sales', 'CRO', 'CEO'].map((newTitle, at) =>
    eventAt(1, {
      id: `same-${at}`,
      type: 'person.dropped',
      person: { oldTitle: ['Sales Manager', 'VP Sales', 'CRO'][at] ?? null, newTitle },
    }),
  )
  for (const order of [events, events.toReversed()]) expect(titlesOf(order).titles).toEqual(['per_p1 Sales Manager'])
})

test('a chain of titles is followed over another spelling of one of them', () => {
  const events = [
    retitled(1, 'person.dropped', 'Sales Manager', 'Vice President, Sales'),
    retitled(2, 'person.dropped', 'VP Sales', 'CRO'),
  ]
  expect(titlesOf(events).titles).toEqual(['per_p1 Sales Manager'])
})

const TITLES = ['Sales Manager', 'VP Sales', 'CFO', 'Head of IT', 'Clerk']

const DEPARTMENTS = ['Sales', 'Legal', 'Finance', 'IT']

/** A history whose events tell truly what was before them, two of them at each instant, under both sides' rules mixed. */
function history(random: Random): { before: PositionDoc[]; events: BacktestEvent[] } {
  const stands = new Map(
    people.map(({ personId }) => [
      personId,
      { title: pick(TITLES, random), department: pick(DEPARTMENTS, random), isHere: true },
    ]),
  )
  const before = [...stands].map(([personId, { title, department }]) => imported(personId, title, department))
  const events = Array.from({ length: between(1, 12, random) }, (_, index) => {
    const personId = pick(['p1', 'p2', 'p3'], random)
    const stand = stands.get(`per_${personId}`)
    if (stand === undefined) throw new Error('nobody')
    const type = pick(['person.kept', 'person.dropped', 'person.added'], random)
    const [minute, id] = [Math.floor(index / 2), `e${String(index).padStart(2, '0')}`]
    if (random() < 0.3) {
      const company = stand.isHere ? { old: 'Acme Inc', new: null } : { old: null, new: 'Acme Inc' }
      stand.isHere = !stand.isHere
      return eventAt(minute, { id, type, person: { id: personId }, changes: { company } })
    }
    stand.isHere = true
    const old = { ...stand }
    const [isRetitled, isMoved] = pick(
      [
        [true, false],
        [false, true],
        [true, true],
      ] as const,
      random,
    )
    if (isRetitled) stand.title = pick(TITLES, random)
    if (isMoved) stand.department = pick(DEPARTMENTS, random)
    return eventAt(minute, {
      id,
      type,
      person: { id: personId, ...(isRetitled ? { oldTitle: old.title, newTitle: stand.title } : {}) },
      changes: isMoved ? { department: { old: old.department, new: stand.department } } : {},
    })
  })
  return { before, events }
}

test('is the group that these rules alone would have made, whatever was folded', () => {
  let differing = 0
  for (let seed = 1; seed <= 500; seed += 1) {
    const random = seededRandom(seed)
    const { before, events } = history(random)
    const telling = toChanges(events)
    const positions = fold(
      before,
      telling.filter(({ isFolded }) => isFolded.current),
    )
    const facts = { companyId: 'acme', positions, people, changes: shuffled(telling, random) }
    const current = composeGroup(facts, 'current', DEFAULT_PROFILE).members
    const stored = composeGroup({ ...facts, changes: [] }, 'current', DEFAULT_PROFILE).members
    expect(current.map(toLine), `seed ${seed}: the side that was folded`).toEqual(stored.map(toLine))

    const kept = telling.filter(({ isFolded }) => isFolded.candidate)
    const alone = composeGroup({ ...facts, positions: fold(before, kept), changes: [] }, 'candidate', DEFAULT_PROFILE)
    const candidate = composeGroup(facts, 'candidate', DEFAULT_PROFILE)
    expect(candidate.members.map(toLine), `seed ${seed}`).toEqual(alone.members.map(toLine))
    differing += Number(candidate.members.map(toLine).join() !== stored.map(toLine).join())
  }
  expect(differing).toBeGreaterThan(100)
})

const toLine = ({ personId, title, department, role }: Member) => `${personId} ${title} ${department} ${role}`
