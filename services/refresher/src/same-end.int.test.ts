import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import { placementsOf } from '@buyer-group/shared/messages/placements.ts'
import type { Collections, WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTemporaryDatabase } from './test-kit/temporary-database.ts'
import { command, createTestRefresher } from './test-kit/test-refresher.ts'
import { waitingEvent } from './test-kit/waiting-event.ts'

let database: Awaited<ReturnType<typeof openTemporaryDatabase>>

beforeAll(async () => {
  database = await openTemporaryDatabase()
})
afterAll(() => database.close())

const COMPANIES = ['acme', 'beta'] as const

const change = fc.oneof(
  fc.constant<NativeEvent['changes']>({}),
  fc.constant<NativeEvent['changes']>({ company: { old: 'Acme Inc', new: null } }),
  fc.constant<NativeEvent['changes']>({ company: { old: { id: 'acme' }, new: { id: 'beta' } } }),
  fc.constant<NativeEvent['changes']>({ company: { old: { id: 'beta' }, new: { id: 'acme' } } }),
)

/** Few people and days, so that changes meet; titles and addresses that are there and that are not. */
const events = fc
  .array(
    fc.record({
      person: fc.nat({ max: 4 }),
      day: fc.nat({ max: 6 }),
      companyId: fc.constantFrom(...COMPANIES),
      changes: change,
      title: fc.constantFrom(undefined, 'CFO', 'VP Sales', 'Clerk'),
      named: fc.boolean(),
    }),
    { minLength: 20, maxLength: 30 },
  )
  .map((list) =>
    list.map(({ person, day, companyId, changes, title, named }, index) => {
      const email = named ? `p${person}.${day}@x.io` : undefined
      const who = { id: `p${person}`, name: `Name ${day}`, newTitle: title, email }
      const event = waitingEvent({ id: `e${index}`, day, companyId, changes, person: who })
      const waitingFor = new Set(placementsOf(event.payload as NativeEvent, companyId).map((at) => at.companyId))
      return { ...event, waitingFor: [...waitingFor] }
    }),
  )

test('changes in any order, with repeated deliveries and however many refreshes, leave one end', {
  timeout: 60_000,
}, async () => {
  const scenario = events.chain((list) =>
    fc.record({
      list: fc.constant(list),
      order: fc.shuffledSubarray(list, { minLength: list.length }),
      size: fc.integer({ min: 1, max: 7 }),
    }),
  )
  await fc.assert(
    fc.asyncProperty(scenario, async ({ list, order, size }) => {
      const inOrder = list.toSorted((left, right) => left.occurredAt.getTime() - right.occurredAt.getTime())
      const truth = await endOf(inOrder, inOrder.length)
      expect(await endOf(order, size)).toEqual(truth)
    }),
    { numRuns: 8 },
  )
})

/** Records the events a few at a time, refreshes both companies after each, delivers commands twice and late ones too. */
async function endOf(order: readonly WebhookEventDoc[], size: number) {
  const { collections } = database
  for (const collection of Object.values(collections)) await collection.deleteMany({})
  const { handle } = await createTestRefresher(database.db)
  let sequence = 0
  for (let start = 0; start < order.length; start += size) {
    await collections.webhookEvents.insertMany(order.slice(start, start + size).map((event) => ({ ...event })))
    sequence += 1
    const commands = COMPANIES.map((companyId) =>
      command(sequence, { companyId, commandId: `${companyId}_${sequence}` }),
    )
    await Promise.all([...commands, ...commands].map((one) => handle(one)))
    await Promise.all(COMPANIES.map((companyId) => handle(command(1, { companyId, commandId: `${companyId}_1` }))))
  }
  expect(await collections.webhookEvents.countDocuments({ 'waitingFor.0': { $exists: true } })).toBe(0)
  return readEnd(collections)
}

async function readEnd(collections: Collections) {
  const people = await collections.people.find({}, { projection: { _id: 0 }, sort: { sourceIds: 1 } }).toArray()
  const positions = await collections.positions
    .find({}, { projection: { _id: 0 }, sort: { companyId: 1, personId: 1 } })
    .toArray()
  const groups = await collections.buyerGroups.find({}, { sort: { companyId: 1 } }).toArray()
  const members = groups.map(({ companyId, members }) => ({
    companyId,
    // A name is as new as the company's own last refresh, which is a matter of timing.
    members: members.map(({ personId, title, role, score }) => ({ personId, title, role, score })),
  }))
  return { people, positions, members }
}
