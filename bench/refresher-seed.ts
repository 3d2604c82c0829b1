import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import type { Collections, PersonDoc, PositionDoc, WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection, Document, OptionalUnlessRequiredId } from 'mongodb'

/** How many companies there are, people at each, and of these how many a refresh finds changed. */
export interface Population {
  readonly companies: number
  readonly people: number
  readonly changed: number
}

/** Documents in one insert, and inserts under way at once. */
const CHUNK = 5_000
const SIDE_BY_SIDE = 2

const SEEDED_AT = new Date('2026-01-01T00:00:00.000Z')
const MINUTE_MS = 60_000

/** As a directory holds them: most people are no managers. */
const PLACES = [
  { title: 'Chief Financial Officer', seniority: 'c-suite', department: 'finance' },
  { title: 'VP Sales', seniority: 'vp', department: 'sales' },
  { title: 'Head of Growth', seniority: 'head', department: 'marketing' },
  { title: 'Director of Engineering', seniority: 'director', department: 'engineering' },
  { title: 'Product Manager', seniority: 'manager', department: 'product' },
  { title: 'Senior Software Engineer', seniority: 'senior', department: 'engineering' },
  { title: 'Account Executive', seniority: 'individual', department: 'sales' },
  { title: 'Software Engineer', seniority: 'individual', department: 'engineering' },
  { title: 'Support Specialist', seniority: 'individual', department: 'support' },
  { title: 'Marketing Intern', seniority: 'intern', department: 'marketing' },
] as const

const placeAt = (number: number) => PLACES[number % PLACES.length] ?? PLACES[0]

export const companyIdOf = (company: number) => `company-${company}`

/** When the changes of a wave happened: tells its events, and the people and positions that show them, from others. */
export const timeOf = (wave: number) => new Date(SEEDED_AT.getTime() + wave * MINUTE_MS)

/** Fills the local directory: everybody with an address and one active position. */
export async function seedDirectory({ people, positions }: Collections, population: Population): Promise<void> {
  const everybody = Array.from({ length: population.companies * population.people }, (_, number) => number)
  await insertAll(people, everybody, (number) => toPerson(number))
  await insertAll(positions, everybody, (number) => toPosition(number, Math.floor(number / population.people)))
}

/**
 * Records the changes that the next refresh of each company finds waiting, as the detector leaves them: the same handful of
 * people every time, each with another title.
 */
export async function recordChanges(events: Collections['webhookEvents'], wave: number, population: Population) {
  const { companies, people, changed } = population
  const changes = Array.from({ length: companies * changed }, (_, index) => index)
  await insertAll(events, changes, (index) => {
    const company = Math.floor(index / changed)
    return toWaitingEvent(wave, company, company * people + (index % changed))
  })
}

function toPerson(number: number): PersonDoc {
  return {
    personId: `per_${number}`,
    sourceIds: [`test:person-${number}`],
    email: `person${number}@example.com`,
    name: `Alexandra Example-${number}`,
    changedAt: SEEDED_AT,
    changedBy: 'seed',
  }
}

function toPosition(number: number, company: number): PositionDoc {
  const stamp = { at: SEEDED_AT, by: 'seed' }
  return {
    companyId: companyIdOf(company),
    personId: `per_${number}`,
    ...placeAt(number),
    changedAt: stamp.at,
    changedBy: stamp.by,
    active: true,
    titleChanged: stamp,
  }
}

function toWaitingEvent(wave: number, company: number, person: number): WebhookEventDoc {
  const occurredAt = timeOf(wave)
  const { title: oldTitle } = placeAt(person + wave - 1)
  const { title: newTitle } = placeAt(person + wave)
  const payload: NativeEvent = {
    id: `evt_${wave}_${person}`,
    source: 'test',
    type: 'person.role_change',
    timestamp: occurredAt.toISOString(),
    person: {
      id: `person-${person}`,
      name: `Alexandra Example-${person}`,
      email: `person${person}@example.com`,
      oldTitle,
      newTitle,
    },
    company: { id: companyIdOf(company), name: `Example Company ${company}` },
    changes: { title: { old: oldTitle, new: newTitle } },
  }
  return {
    idempotencyKey: `test:${payload.id}`,
    source: 'test',
    eventType: payload.type,
    payload,
    bodySha256: '0'.repeat(64),
    companyId: companyIdOf(company),
    occurredAt,
    receivedAt: occurredAt,
    processed: true,
    processedAt: occurredAt,
    waitingFor: [companyIdOf(company)],
  }
}

async function insertAll<Doc extends Document>(
  collection: Collection<Doc>,
  numbers: readonly number[],
  toDocument: (number: number) => Doc,
): Promise<void> {
  const starts = numbers.filter((_, index) => index % CHUNK === 0).values()
  const insert = async () => {
    for (const start of starts) {
      const documents = numbers.slice(start, start + CHUNK).map(toDocument) as OptionalUnlessRequiredId<Doc>[]
      await collection.insertMany(documents, { ordered: false })
    }
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, insert))
}
