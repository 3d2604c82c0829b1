import type { Member } from '@buyer-group/shared/messages/messages.ts'
import type { PersonDoc, PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { BuyerGroupProfile } from './profile-parts.ts'
import { rankPosition } from './rank-position.ts'

/**
 * A member of the buyer group from a position and whose it is: role, score and the reasons for both by the profile.
 * A person the directory does not hold (erased, say) has no name.
 */
export function toMember(
  position: PositionDoc,
  person: Pick<PersonDoc, 'name' | 'email'> | undefined,
  profile: BuyerGroupProfile,
): Member {
  const { personId, title, seniority, department } = position
  return {
    personId,
    name: person?.name ?? '',
    email: person?.email ?? null,
    title,
    seniority,
    department,
    ...rankPosition(position, profile),
  }
}
