import type { Department, Seniority } from '../titles/title-rules.ts'

/** Parts in a purchase (schema refresh-result, field `role`). */
export type Role = 'decision_maker' | 'champion' | 'influencer' | 'blocker' | 'user'

export interface RoleRule {
  readonly role: Role
  readonly seniorities: readonly Seniority[]
  /** Every department where not given. */
  readonly departments?: readonly Department[]
}

/** Who plays which part; the first rule that fits wins, and whom none fits is a user. */
export const ROLE_RULES: readonly RoleRule[] = [
  { role: 'decision_maker', seniorities: ['owner', 'c-suite'] },
  {
    role: 'blocker',
    seniorities: ['vp', 'head', 'director', 'manager'],
    departments: ['legal', 'finance', 'it'],
  },
  { role: 'champion', seniorities: ['vp', 'head', 'director'] },
  { role: 'influencer', seniorities: ['manager', 'senior'] },
]

/** What a seniority weighs in a decision, of 100. */
export const SENIORITY_WEIGHTS: Readonly<Record<Seniority, number>> = {
  owner: 90,
  'c-suite': 90,
  vp: 75,
  head: 65,
  director: 60,
  manager: 45,
  senior: 30,
  individual: 20,
  intern: 5,
}

/** What a department adds: those that hold a budget or sign for most purchases. Others add nothing. */
export const DEPARTMENT_BONUS: Readonly<Partial<Record<Department, number>>> = {
  executive: 10,
  finance: 5,
  operations: 5,
  it: 5,
}

export const MAX_SCORE = 100
