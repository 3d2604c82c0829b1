import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'

/**
 * Was the group composed from the directory less than `maxAgeMs` ago? Not where it seems to come from the future:
 * then one of two clocks is wrong and nothing is known of its age.
 */
export function isFresh(group: BuyerGroupDoc | null, now: Date, maxAgeMs: number): boolean {
  if (group === null) return false
  const age = now.getTime() - (group.composedAt ?? group.refreshedAt).getTime()
  return age >= 0 && age < maxAgeMs
}
