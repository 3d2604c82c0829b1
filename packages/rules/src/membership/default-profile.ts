import type { BuyerGroupProfile } from './profile-parts.ts'

/**
 * The profile where none is configured: no product in particular, nobody left out. `profiles/default.json` is the same
 * as a file to start from.
 */
export const DEFAULT_PROFILE: BuyerGroupProfile = {
  /** What a seniority weighs in a decision, of 100. */
  seniorityWeights: {
    owner: 90,
    'c-suite': 90,
    vp: 75,
    head: 65,
    director: 60,
    manager: 45,
    senior: 30,
    individual: 20,
    intern: 5,
  },
  /** Those that hold a budget or sign for most purchases. */
  departmentWeights: { executive: 10, finance: 5, operations: 5, it: 5 },
  bonuses: [],
  roles: [
    { role: 'decision_maker', seniorities: ['owner', 'c-suite'] },
    {
      role: 'blocker',
      seniorities: ['vp', 'head', 'director', 'manager'],
      departments: ['legal', 'finance', 'it'],
    },
    { role: 'champion', seniorities: ['vp', 'head', 'director'] },
    { role: 'influencer', seniorities: ['manager', 'senior'] },
  ],
  otherwise: 'user',
  group: { minScore: 0, maxPerRole: {} },
}
