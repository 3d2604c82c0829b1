import { z } from 'zod'
import { DEFAULT_PROFILE } from './default-profile.ts'
import { type BuyerGroupProfile, PROFILE_PARTS } from './profile-parts.ts'

const { seniorityWeights, departmentWeights, bonuses, roles, otherwise, group } = PROFILE_PARTS

/**
 * A buyer-group profile as a file holds it: a part that is left out is the built-in one, a part that is there replaces
 * it whole. Unknown names, negative weights and rules that can never apply are refused.
 */
export const buyerGroupProfileSchema: z.ZodType<BuyerGroupProfile> = z.strictObject({
  seniorityWeights: seniorityWeights.default(DEFAULT_PROFILE.seniorityWeights),
  departmentWeights: departmentWeights.default(DEFAULT_PROFILE.departmentWeights),
  bonuses: bonuses.default(DEFAULT_PROFILE.bonuses),
  roles: roles.default(DEFAULT_PROFILE.roles),
  otherwise: otherwise.default(DEFAULT_PROFILE.otherwise),
  group: group.default(DEFAULT_PROFILE.group),
})
