import { compareMembers } from '@buyer-group/rules/membership/compare-members.ts'
import type { Member } from '@buyer-group/shared/messages/messages.ts'
import type { GroupDifference, MemberLine } from './backtest-report.ts'
import { type CompanyFacts, composeGroup } from './compose-group.ts'
import { bySide, type SideRules, type Sides } from './side.ts'

export interface GroupComparison {
  /** Undefined where both sides make the same group. */
  readonly difference: GroupDifference | undefined
  readonly untold: number
}

/**
 * The groups that the two sides make of one company.
 * @param withNames whether names and titles, which are personal data, are told.
 */
export function compareGroup(
  facts: CompanyFacts,
  sides: Sides<Pick<SideRules, 'profile'>>,
  withNames: boolean,
): GroupComparison {
  const groups = bySide((side) => composeGroup(facts, side, sides[side].profile))
  const { added, removed, changed } = compareMembers(
    anonymous(groups.current.members),
    anonymous(groups.candidate.members),
  )
  const names = new Map(
    [...groups.current.members, ...groups.candidate.members].map(({ personId, name }) => [personId, name]),
  )
  const line = (member: Member) => toLine(member, withNames ? names.get(member.personId) : undefined)
  const isSame = added.length + removed.length + changed.length === 0
  return {
    untold: groups.candidate.untold,
    difference: isSame
      ? undefined
      : {
          companyId: facts.companyId,
          members: bySide((side) => groups[side].members.length),
          added: added.map(line),
          removed: removed.map(line),
          changed: changed.map(({ before, after }) => ({
            fields: FIELDS.filter((field) => before[field] !== after[field]),
            before: line(before),
            after: line(after),
          })),
        },
  }
}

const FIELDS = ['title', 'seniority', 'department', 'role', 'score'] as const

/** Names and addresses are no matter of policies and profiles, and those that events brought cannot be undone. */
const anonymous = (members: readonly Member[]) => members.map((member) => ({ ...member, name: '', email: null }))

/** @param name undefined where names are not told; then the title is not told either. */
function toLine({ personId, role, score, seniority, department, title }: Member, name: string | undefined): MemberLine {
  const line = { personId, role, score, seniority, department }
  return name === undefined ? line : { ...line, name, title }
}
