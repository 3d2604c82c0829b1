import { type BuyerGroupProfile, type Condition, MAX_SCORE, type Role } from './profile-parts.ts'

/** What a position makes of its holder. */
export interface Rank {
  readonly role: Role
  /** 0 to 100. */
  readonly score: number
  /**
   * First `role: why`, then `points: what for` for everything that counts; the points add up to the score.
   * Made of the profile's words alone, so that nothing in it is personal.
   */
  readonly reasons: readonly string[]
}

interface Placed {
  readonly seniority: string
  readonly department: string
}

/** Role and score of a position by the profile, and why. A seniority that the profile does not know weighs nothing. */
export function rankPosition(position: Placed, profile: BuyerGroupProfile): Rank {
  const rule = profile.roles.find((candidate) => fits(candidate, position))
  const role = rule?.role ?? profile.otherwise
  const reasons = [`${role}: ${rule === undefined ? 'anyone else' : describeFit(rule, position)}`]
  let sum = 0
  const count = (points: number, what: string) => {
    if (points === 0) return
    sum += points
    reasons.push(`${points}: ${what}`)
  }
  count(weightOf(profile.seniorityWeights, position.seniority), position.seniority)
  count(weightOf(profile.departmentWeights, position.department), position.department)
  for (const bonus of profile.bonuses) if (fits(bonus, position)) count(bonus.points, bonus.name)
  if (sum > MAX_SCORE) count(MAX_SCORE - sum, `at most ${MAX_SCORE}`)
  return { role, score: sum, reasons }
}

function fits({ seniorities, departments }: Condition, { seniority, department }: Placed): boolean {
  return (seniorities?.includes(seniority) ?? true) && (departments?.includes(department) ?? true)
}

/** What of the position the rule asked for: "director", "legal" or "director in legal". */
function describeFit({ seniorities, departments }: Condition, { seniority, department }: Placed): string {
  if (departments === undefined) return seniority
  return seniorities === undefined ? department : `${seniority} in ${department}`
}

function weightOf(weights: Readonly<Record<string, number>>, name: string): number {
  return Object.hasOwn(weights, name) ? (weights[name] ?? 0) : 0
}
