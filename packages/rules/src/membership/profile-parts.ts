import { z } from 'zod'
import { DEPARTMENTS, SENIORITIES } from '../titles/title-rules.ts'

/** Parts in a purchase (schema refresh-result, field `role`). */
export const ROLES = ['decision_maker', 'champion', 'influencer', 'blocker', 'introducer', 'user'] as const

export type Role = (typeof ROLES)[number]

export const MAX_SCORE = 100

const MAX_RULES = 50

const seniority = z.enum(SENIORITIES)
const department = z.enum(DEPARTMENTS)
const role = z.enum(ROLES)
const points = z.int().min(0).max(MAX_SCORE)

/** Who a rule is about; what is left out fits everybody. */
const condition = {
  seniorities: z.array(seniority).min(1).readonly().optional(),
  departments: z.array(department).min(1).readonly().optional(),
}

const hasCondition = [
  ({ seniorities, departments }: Condition) => seniorities !== undefined || departments !== undefined,
  'expected seniorities, departments or both',
] as const

/** One part of a buyer-group profile each; `docs/buyer-group-profile.md` says what they are for. */
export const PROFILE_PARTS = {
  seniorityWeights: z.record(seniority, points).readonly(),
  departmentWeights: z.partialRecord(department, points).readonly(),
  bonuses: z
    .array(
      z
        .strictObject({
          name: z
            .string()
            .max(40)
            .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case words of letters and digits with dashes between'),
          points: points.min(1),
          ...condition,
        })
        .refine(...hasCondition)
        .readonly(),
    )
    .max(MAX_RULES)
    .refine((bonuses) => new Set(bonuses.map(({ name }) => name)).size === bonuses.length, 'expected unlike names')
    .readonly(),
  roles: z
    .array(
      z
        .strictObject({ role, ...condition })
        .refine(...hasCondition)
        .readonly(),
    )
    .max(MAX_RULES)
    .superRefine(refuseHiddenRules)
    .readonly(),
  otherwise: role,
  group: z
    .strictObject({
      maxMembers: z.int().min(1).optional(),
      minScore: points.default(0),
      maxPerRole: z.partialRecord(role, z.int().min(0)).readonly().default({}),
    })
    .readonly(),
} as const

export interface Condition {
  readonly seniorities?: readonly string[] | undefined
  readonly departments?: readonly string[] | undefined
}

/** What is sold decides who matters: weights, roles and the size of a buyer group. Every part is there. */
export type BuyerGroupProfile = {
  readonly [Part in keyof typeof PROFILE_PARTS]: z.output<(typeof PROFILE_PARTS)[Part]>
}

/** The first rule that fits wins, so one behind a wider one would never say anything. */
function refuseHiddenRules(rules: readonly Condition[], context: z.RefinementCtx<readonly Condition[]>): void {
  for (const [index, rule] of rules.entries()) {
    const wider = rules.slice(0, index).findIndex((earlier) => covers(earlier, rule))
    if (wider === -1) continue
    const message = `never applies, since roles[${wider}] before it fits everybody whom it fits`
    context.addIssue({ code: 'custom', path: [index], message })
  }
}

function covers(wide: Condition, narrow: Condition): boolean {
  return includesAll(wide.seniorities, narrow.seniorities) && includesAll(wide.departments, narrow.departments)
}

function includesAll(wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean {
  if (wide === undefined) return true
  return narrow?.every((name) => wide.includes(name)) ?? false
}
