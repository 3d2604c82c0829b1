import { DEFAULT_PROFILE } from '@buyer-group/rules/membership/default-profile.ts'
import type { BuyerGroupProfile } from '@buyer-group/rules/membership/profile-parts.ts'
import { versioned } from '@buyer-group/shared/config/content-version.ts'
import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTemporaryDatabase } from './test-kit/temporary-database.ts'
import { command, createTestRefresher, type TestRefresher } from './test-kit/test-refresher.ts'
import { waitingEvent } from './test-kit/waiting-event.ts'

let database: Awaited<ReturnType<typeof openTemporaryDatabase>>
let collections: Collections
let refresher: TestRefresher
let profile: BuyerGroupProfile

beforeAll(async () => {
  database = await openTemporaryDatabase()
  collections = database.collections
})
afterAll(() => database.close())

beforeEach(async () => {
  for (const collection of Object.values(collections)) await collection.deleteMany({})
  profile = DEFAULT_PROFILE
  refresher = await createTestRefresher(database.db, { cacheMaxAgeMs: 60_000, profile: () => versioned(profile) })
  await collections.webhookEvents.insertMany([
    waitingEvent({ id: 'e1', day: 1, person: { newTitle: 'CFO' } }),
    waitingEvent({ id: 'e2', day: 1, person: { id: 'p2', name: 'Kim', newTitle: 'Clerk' } }),
  ])
  await refresher.handle(command(5))
  refresher.published.length = 0
})

const group = () => collections.buyerGroups.findOne({ companyId: 'acme' })

/** What was published of the refresh with this sequence: its result, then the current state. */
async function refresh(sequence: number) {
  refresher.published.length = 0
  await refresher.handle(command(sequence))
  const [result, current] = refresher.published
  if (result?.topic !== 'result' || current?.topic !== 'current') throw new Error('not published')
  return { result: result.value, current: current.value }
}

const CFO = ['decision_maker: c-suite', '90: c-suite', '5: finance']

test('every member is stored and published with why it has its role and score', async () => {
  const stored = await group()
  expect(stored?.members.map(({ reasons }) => reasons)).toEqual([CFO, ['user: anyone else', '20: individual']])
  const { result, current } = await refresh(6)
  expect(result.members).toEqual(stored?.members)
  expect(current.members).toEqual(stored?.members)
})

test('a fresh group is taken as it is while the profile stays, and remembers by which it was composed', async () => {
  // Shows whether the directory was read.
  await collections.positions.updateMany({}, { $set: { title: 'CEO' } })
  const { result } = await refresh(6)
  expect(result).toMatchObject({ members: [{ title: 'CFO' }, { title: 'Clerk' }], changed: [] })
  expect(await group()).toMatchObject({ sequence: 6, profileVersion: versioned(DEFAULT_PROFILE).version })
})

test('a fresh group is composed anew once the profile is another', async () => {
  profile = { ...DEFAULT_PROFILE, otherwise: 'introducer', group: { minScore: 0, maxPerRole: { decision_maker: 0 } } }
  const { result } = await refresh(6)
  expect(result.members).toMatchObject([{ title: 'Clerk', role: 'introducer' }])
  expect(result.removed).toMatchObject([{ title: 'CFO', reasons: CFO }])
  expect(result.changed).toMatchObject([{ before: { role: 'user' }, after: { role: 'introducer' } }])
  expect(await group()).toMatchObject({ profileVersion: versioned(profile).version })
})

test('a refresh ranks and composes by one profile, though it is replaced at every look', async () => {
  const renamed = { ...DEFAULT_PROFILE, otherwise: 'introducer' } as const
  const nobody = { ...DEFAULT_PROFILE, group: { minScore: 0, maxPerRole: { user: 0, introducer: 0 } } } as const
  for (const [sequence, profiles] of [
    [renamed, nobody],
    [nobody, renamed],
  ].entries()) {
    let looks = 0
    const replaced = () => versioned(profiles[looks++ % 2] ?? DEFAULT_PROFILE)
    refresher = await createTestRefresher(database.db, { profile: replaced })
    const { result } = await refresh(6 + sequence)
    const roles = result.members.map(({ role }) => role)
    // By a mixture the clerk would be a left-out introducer or a kept user.
    expect([['decision_maker', 'introducer'], ['decision_maker']]).toContainEqual(roles)
    const version = versioned(roles.length === 2 ? renamed : nobody).version
    expect(await group()).toMatchObject({ profileVersion: version })
  }
})

test('a group from before there were reasons is published, and the first one with them is no change', async () => {
  const stored = await group()
  const withoutReasons = stored?.members.map(({ reasons: _none, ...member }) => member) ?? []
  await collections.buyerGroups.updateOne(
    {},
    { $set: { members: withoutReasons, added: withoutReasons, publishedAt: null }, $unset: { profileVersion: '' } },
  )
  await refresher.handle(command(5))
  expect(refresher.published.map(({ value }) => value.members.map(({ reasons }) => reasons))).toEqual([
    [[], []],
    [[], []],
  ])
  const { result } = await refresh(6)
  expect(result.members.map(({ reasons }) => reasons?.length)).toEqual([3, 2])
  expect(result).toMatchObject({ added: [], removed: [], changed: [] })
})
