import type { Member } from '@buyer-group/shared/messages/messages.ts'
import type { BuyerGroupProfile } from './profile-parts.ts'

/**
 * The group that the profile makes of a company's members: whoever scores enough, of each role and in all no more than
 * it allows, those with the highest scores first. Equal scores stand in the order of their personIds, compared by code
 * unit, so that equal input gives an equal group in whatever order it comes and whatever the machine's language.
 */
export function composeMembers(members: readonly Member[], { group }: BuyerGroupProfile): readonly Member[] {
  const { maxMembers = Number.POSITIVE_INFINITY, minScore, maxPerRole } = group
  const limits = new Map<string, number>(Object.entries(maxPerRole))
  const taken = new Map<string, number>()
  const chosen: Member[] = []
  for (const member of members.toSorted(compareRank)) {
    if (chosen.length >= maxMembers || member.score < minScore) break
    const ofRole = taken.get(member.role) ?? 0
    if (ofRole >= (limits.get(member.role) ?? Number.POSITIVE_INFINITY)) continue
    taken.set(member.role, ofRole + 1)
    chosen.push(member)
  }
  return chosen
}

const compareRank = (left: Member, right: Member) =>
  right.score - left.score || (left.personId < right.personId ? -1 : 1)
