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
  const { added, removed, changed } = compareMembers(groups.current.members, groups.candidate.members)
  const line = (member: Member) => toLine(member, withNames)
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
          changed: changed.map(({ before, after }) => ({ before: line(before), after: line(after) })),
        },
  }
}

function toLine({ personId, role, score, seniority, department, name, title }: Member, withNames: boolean): MemberLine {
  const line = { personId, role, score, seniority, department }
  return withNames ? { ...line, name, title } : line
}
