import type { Member } from '@buyer-group/shared/messages/messages.ts'
import type { PersonDoc, PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import { DEPARTMENT_BONUS, MAX_SCORE, ROLE_RULES, type Role, SENIORITY_WEIGHTS } from './role-rules.ts'

/**
 * A member of the buyer group from a position and whose it is: role and score by the tables in role-rules.ts.
 * A person the directory does not hold (erased, say) has no name.
 */
export function toMember(position: PositionDoc, person: PersonDoc | undefined): Member {
  const { personId, title, seniority, department } = position
  return {
    personId,
    name: person?.name ?? '',
    email: person?.email ?? null,
    title,
    seniority,
    department,
    role: roleOf(seniority, department),
    score: scoreOf(seniority, department),
  }
}

function roleOf(seniority: string, department: string): Role {
  const rule = ROLE_RULES.find(
    ({ seniorities, departments }) =>
      includes(seniorities, seniority) && (departments === undefined || includes(departments, department)),
  )
  return rule?.role ?? 'user'
}

function scoreOf(seniority: string, department: string): number {
  const weight = (SENIORITY_WEIGHTS as Readonly<Record<string, number>>)[seniority] ?? 0
  const bonus = (DEPARTMENT_BONUS as Readonly<Record<string, number>>)[department] ?? 0
  return Math.min(MAX_SCORE, weight + bonus)
}

const includes = (list: readonly string[], value: string) => list.includes(value)
