import type { Member } from '@buyer-group/shared/messages/messages.ts'

/** The group's order: the highest score first, then by personId, so that equal input gives an equal group. */
export function composeMembers(members: readonly Member[]): readonly Member[] {
  return members.toSorted((left, right) => right.score - left.score || (left.personId < right.personId ? -1 : 1))
}
