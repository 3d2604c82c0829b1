import { createHash } from 'node:crypto'
import type { PersonChange, RefreshRequest } from '@buyer-group/shared/messages/messages.ts'
import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import type { Random } from './random.ts'

/** What ingest publishes in a run, in this order; `make` is called at the moment of publishing. */
export interface Arrival {
  readonly topic: string
  readonly key: string
  readonly make: (now: number) => unknown
}

export interface Workload {
  readonly arrivals: readonly Arrival[]
  /** People use each other's addresses, so that who is who depends on the order of arrival. */
  readonly sharesAddresses: boolean
}

const COMPANIES = ['acme', 'beta', 'gamma']
const PEOPLE = ['p1', 'p2', 'p3', 'p4']
const TITLES = ['CFO', 'VP Sales', 'Clerk', 'Head of IT', 'CEO']
const DEPARTMENTS = ['Finance', 'Sales']
const DAY_MS = 86_400_000

export const SIGNIFICANT_TYPES = new Set(['person.role_change', 'person.company_change'])

/**
 * Few people at few companies over a few days, so that changes meet: repeats, ids used twice, events out of order and of
 * one instant, moves between companies, departures, insignificant ones, messages nobody can read, refreshes by hand.
 */
export function createWorkload(random: Random, start: number): Workload {
  const arrivals: Arrival[] = []
  const sharesAddresses = random.chance(0.15)
  const companies = COMPANIES.slice(0, random.pick([1, 1, 2, 3]))
  const people = PEOPLE.slice(0, random.pick([1, 2, 4]))
  const world = { start, companies, people, sharesAddresses }
  const count = 3 + random.below(20)
  const byHandRate = random.pick([0.03, 0.1, 0.3])
  for (let index = 0; index < count; index += 1) {
    const dice = random.next()
    const earlier = arrivals.filter(({ topic }) => topic === TOPICS.personChanges)
    if (random.chance(byHandRate)) arrivals.push(byHand(`req_${index}`, random.pick(companies)))
    else if (dice < 0.12 && earlier.length > 0) arrivals.push(random.pick(earlier))
    else if (dice < 0.16) arrivals.push(poison(random.pick(companies)))
    else if (dice < 0.2) arrivals.push(change(eventOf(random, 0, world)))
    else arrivals.push(change(eventOf(random, index, world)))
  }
  return { arrivals, sharesAddresses }
}

interface World {
  readonly start: number
  readonly companies: readonly string[]
  readonly people: readonly string[]
  readonly sharesAddresses: boolean
}

function eventOf(random: Random, index: number, world: World): NativeEvent {
  const { start, companies, people, sharesAddresses } = world
  const [company, other] = [random.pick(companies), random.pick(companies)]
  const person = random.pick(people)
  const day = random.below(6)
  const isMove = random.chance(0.25)
  const changes: NativeEvent['changes'] = isMove
    ? { company: { old: { id: company, name: company }, new: { id: other, name: other } } }
    : random.chance(0.15)
      ? { company: { old: company, new: null } }
      : {}
  return {
    id: `e${index}`,
    source: 'test',
    type: random.chance(0.12) ? 'person.email_change' : isMove ? 'person.company_change' : 'person.role_change',
    timestamp: new Date(start - 10 * DAY_MS + day * DAY_MS).toISOString(),
    person: {
      id: person,
      name: `Name ${person} ${day}`,
      newTitle: random.chance(0.8) ? random.pick(TITLES) : null,
      ...(random.chance(0.3) ? { department: random.pick(DEPARTMENTS) } : {}),
      ...(random.chance(0.4) ? { email: `${sharesAddresses ? 'info' : person}.${day}@x.io` } : {}),
    },
    company: { id: company, name: company },
    changes,
  }
}

function change(event: NativeEvent): Arrival {
  const payload = JSON.stringify(event)
  const make = (now: number): PersonChange => ({
    eventId: event.id,
    source: event.source,
    type: event.type,
    timestamp: Date.parse(event.timestamp),
    receivedAt: now,
    companyId: event.company.id,
    companyName: event.company.name,
    personId: event.person.id,
    bodySha256: createHash('sha256').update(payload).digest('hex'),
    payload,
  })
  return { topic: TOPICS.personChanges, key: event.company.id, make }
}

function byHand(requestId: string, companyId: string): Arrival {
  const make = (now: number): RefreshRequest => ({
    requestId,
    companyId,
    companyName: null,
    requestedBy: 'api',
    requestedAt: now,
  })
  return { topic: TOPICS.refreshRequests, key: companyId, make }
}

const poison = (companyId: string): Arrival => ({
  topic: TOPICS.personChanges,
  key: companyId,
  make: () => ({ payload: 'no event' }),
})
