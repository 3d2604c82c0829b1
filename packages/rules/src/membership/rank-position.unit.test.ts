import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEPARTMENTS, SENIORITIES, type Seniority } from '../titles/title-rules.ts'
import { DEFAULT_PROFILE } from './default-profile.ts'
import { type BuyerGroupProfile, ROLES } from './profile-parts.ts'
import { rankPosition } from './rank-position.ts'

const rank = (seniority: string, department: string, profile: Partial<BuyerGroupProfile> = {}) =>
  rankPosition({ seniority, department }, { ...DEFAULT_PROFILE, ...profile })

describe('by the built-in profile', () => {
  test.each([
    ['c-suite', 'finance', ['decision_maker: c-suite', '90: c-suite', '5: finance']],
    ['director', 'legal', ['blocker: director in legal', '60: director']],
    ['vp', 'sales', ['champion: vp', '75: vp']],
    ['intern', 'it', ['user: anyone else', '5: intern', '5: it']],
    ['somebody', 'constructor', ['user: anyone else']],
  ])('the reasons of a %s in %s are %j', (seniority, department, reasons) => {
    expect(rank(seniority, department).reasons).toEqual(reasons)
  })
})

test('the first role whose seniorities and departments fit is taken', () => {
  const roles = [
    { role: 'introducer', departments: ['sales'] },
    { role: 'blocker', seniorities: ['vp'], departments: ['it'] },
    { role: 'champion', seniorities: ['vp'] },
  ] as const
  expect(rank('vp', 'sales', { roles }).reasons[0]).toBe('introducer: sales')
  expect(rank('vp', 'it', { roles }).role).toBe('blocker')
  expect(rank('vp', 'hr', { roles }).role).toBe('champion')
  expect(rank('owner', 'it', { roles, otherwise: 'influencer' }).role).toBe('influencer')
})

test('a bonus counts for whom all that it names fits', () => {
  const bonuses = [{ name: 'signs', points: 7, seniorities: ['head'], departments: ['it', 'hr'] }] as const
  expect(rank('head', 'hr', { bonuses })).toMatchObject({
    score: 72,
    reasons: ['champion: head', '65: head', '7: signs'],
  })
  expect(rank('head', 'sales', { bonuses }).score).toBe(65)
  expect(rank('vp', 'hr', { bonuses }).score).toBe(75)
})

test('a score above 100 is cut, and the reasons say so', () => {
  const bonuses = [{ name: 'top', points: 30, seniorities: ['owner'] }] as const
  const { score, reasons } = rank('owner', 'executive', { bonuses })
  expect(score).toBe(100)
  expect(reasons.slice(1)).toEqual(['90: owner', '10: executive', '30: top', '-30: at most 100'])
})

test('the points of the reasons add up to the score, which is from 0 to 100', () => {
  const seniority = fc.constantFrom(...SENIORITIES)
  const department = fc.constantFrom(...DEPARTMENTS)
  const points = fc.integer({ min: 0, max: 100 })
  const weights = Object.fromEntries(SENIORITIES.map((name) => [name, points]))
  const profiles = fc.record({
    seniorityWeights: fc.record(weights as Record<Seniority, typeof points>),
    departmentWeights: fc.dictionary(department, points),
    bonuses: fc.array(fc.record({ name: fc.constantFrom('a', 'b'), points, seniorities: fc.tuple(seniority) })),
    roles: fc.array(fc.record({ role: fc.constantFrom(...ROLES), departments: fc.tuple(department) })),
  })
  fc.assert(
    fc.property(seniority, department, profiles, (of, within, profile) => {
      const { role, score, reasons } = rank(of, within, profile)
      const [why, ...counted] = reasons
      expect(why?.startsWith(`${role}: `)).toBe(true)
      expect(counted.reduce((sum, reason) => sum + Number.parseInt(reason, 10), 0)).toBe(score)
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(100)
    }),
  )
})
