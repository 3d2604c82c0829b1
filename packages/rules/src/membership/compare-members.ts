import type { Member, MemberChange } from '@buyer-group/shared/messages/messages.ts'

/** What a refresh changed in a group. */
export interface Difference {
  readonly added: readonly Member[]
  /** As they last were. */
  readonly removed: readonly Member[]
  readonly changed: readonly MemberChange[]
}

export const NO_DIFFERENCE: Difference = { added: [], removed: [], changed: [] }

/** The difference between two groups, by personId; each list in the order of the group it is taken from. */
export function compareMembers(before: readonly Member[], after: readonly Member[]): Difference {
  const previous = new Map(before.map((member) => [member.personId, member]))
  const next = new Map(after.map((member) => [member.personId, member]))
  return {
    added: after.filter(({ personId }) => !previous.has(personId)),
    removed: before.filter(({ personId }) => !next.has(personId)),
    changed: after.flatMap((member) => {
      const known = previous.get(member.personId)
      return known === undefined || isSame(known, member)
        ? []
        : [{ personId: member.personId, before: known, after: member }]
    }),
  }
}

/** Not `reasons`: the same role and score for other reasons is news to nobody, and every reworded profile would be. */
const FIELDS = ['name', 'email', 'title', 'seniority', 'department', 'role', 'score'] as const

const isSame = (left: Member, right: Member) => FIELDS.every((field) => left[field] === right[field])
