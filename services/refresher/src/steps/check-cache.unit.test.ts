import type { InputOf } from '@buyer-group/pipeline/step.ts'
import { DEFAULT_PROFILE } from '@buyer-group/rules/membership/default-profile.ts'
import type { RefreshReason } from '@buyer-group/shared/messages/messages.ts'
import { expect, test } from 'vitest'
import { checkCacheStep } from './check-cache.ts'

const COMPOSED_AT = new Date('2026-01-15T09:30:00Z')

/** Whether the cache answers a refresh for this reason, so long after the group was composed. */
async function isFresh(
  reason: RefreshReason,
  ageMs: number,
  { foldedIds = [], profileVersion = 'v1' }: { foldedIds?: readonly string[]; profileVersion?: string | null } = {},
) {
  const stored = { refreshedAt: COMPOSED_AT, composedAt: COMPOSED_AT, profileVersion: profileVersion ?? undefined }
  const company = { command: { reason } }
  const toCheck = { company, stored, waiting: { changes: [], foldedIds } }
  const profile = () => ({ value: DEFAULT_PROFILE, version: 'v1' })
  const now = () => new Date(COMPOSED_AT.getTime() + ageMs)
  return checkCacheStep.execute(toCheck as unknown as InputOf<typeof checkCacheStep>, {
    now,
    cacheMaxAgeMs: 60_000,
    profile,
    peopleSource: null,
  }).isFresh
}

test('a young group answers a webhook’s refresh, unless a change waits', async () => {
  expect(await isFresh('webhook', 59_999)).toBe(true)
  expect(await isFresh('webhook', 60_000)).toBe(false)
  expect(await isFresh('webhook', 0, { foldedIds: ['test:1'] })).toBe(false)
})

test('a group that seems to come from the future answers none: one of two clocks is wrong', async () => {
  expect(await isFresh('webhook', 0)).toBe(true)
  expect(await isFresh('webhook', -1)).toBe(false)
})

test('a young group that was composed by another profile, or by none that is known, is composed again', async () => {
  expect(await isFresh('webhook', 1, { profileVersion: 'v0' })).toBe(false)
  expect(await isFresh('webhook', 1, { profileVersion: null })).toBe(false)
})

test.each(['manual', 'scheduled'] as const)(
  'no group answers a %s refresh, however long it may be kept',
  async (reason) => {
    expect(await isFresh(reason, 1)).toBe(false)
  },
)
