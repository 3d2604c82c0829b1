import type { RefreshWindowDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Collection } from 'mongodb'

const DAY_MS = 24 * 60 * 60 * 1_000

/** Gives every company a window that stays open, as if each had been claimed a moment ago. */
export async function openWindows(windows: Collection<RefreshWindowDoc>, companies: readonly string[]): Promise<void> {
  const now = Date.now()
  await windows.insertMany(
    companies.map((companyId) => ({
      companyId,
      companyName: null,
      sequence: now,
      opensAt: new Date(now),
      closesAt: new Date(now + DAY_MS),
      pending: null,
      outbox: null,
      claimToken: 'bench',
    })),
  )
}
