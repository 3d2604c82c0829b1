import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { buyerGroupProfileSchema } from './buyer-group-profile.ts'
import { DEFAULT_PROFILE } from './default-profile.ts'

const PROFILES = join(import.meta.dirname, '../../../../profiles')
const read = (file: string): unknown => JSON.parse(readFileSync(join(PROFILES, file), 'utf8'))

/** The issues of a profile, each as `path: message`. */
function issuesOf(profile: unknown): readonly string[] {
  const { error } = buyerGroupProfileSchema.safeParse(profile)
  return (error?.issues ?? []).map(({ path, message }) => `${z.core.toDotPath(path)}: ${message}`)
}

test('an empty file, and profiles/default.json, are the built-in profile', () => {
  expect(buyerGroupProfileSchema.parse({})).toEqual(DEFAULT_PROFILE)
  expect(read('default.json')).toEqual(DEFAULT_PROFILE)
  expect(buyerGroupProfileSchema.parse(read('default.json'))).toEqual(DEFAULT_PROFILE)
})

test.each(readdirSync(PROFILES))('the example %s is a profile', (file) => {
  expect(issuesOf(read(file))).toEqual([])
})

test('a part that is there replaces the built-in one whole, the others stay', () => {
  const profile = buyerGroupProfileSchema.parse({ departmentWeights: { hr: 20 }, group: { maxMembers: 12 } })
  expect(profile).toEqual({
    ...DEFAULT_PROFILE,
    departmentWeights: { hr: 20 },
    group: { maxMembers: 12, minScore: 0, maxPerRole: {} },
  })
})

const { intern: _none, ...eight } = DEFAULT_PROFILE.seniorityWeights

test.each([
  ['a key that it does not know', { size: 3 }, ': Unrecognized key: "size"'],
  [
    'a negative weight',
    { departmentWeights: { it: -1 } },
    'departmentWeights.it: Too small: expected number to be >=0',
  ],
  [
    'a broken weight',
    { departmentWeights: { it: 1.5 } },
    'departmentWeights.it: Invalid input: expected int, received number',
  ],
  [
    'a weight above 100',
    { departmentWeights: { it: 101 } },
    'departmentWeights.it: Too big: expected number to be <=100',
  ],
  [
    'a department that does not exist',
    { departmentWeights: { sails: 1 } },
    'departmentWeights: Unrecognized key: "sails"',
  ],
  [
    'a seniority without a weight',
    { seniorityWeights: eight },
    'seniorityWeights.intern: Invalid input: expected number, received undefined',
  ],
  ['a role that does not exist', { otherwise: 'boss' }, /^otherwise: Invalid option: expected one of "decision_maker"/],
  ['a rule about nobody', { roles: [{ role: 'user', seniorities: [] }] }, /^roles\[0\].seniorities: Too small/],
  ['a rule about everybody', { roles: [{ role: 'user' }] }, 'roles[0]: expected seniorities, departments or both'],
  [
    'a rule behind a wider one',
    {
      roles: [
        { role: 'champion', seniorities: ['vp', 'head'] },
        { role: 'user', seniorities: ['vp'], departments: ['hr'] },
      ],
    },
    'roles[1]: never applies, since roles[0] before it fits everybody whom it fits',
  ],
  [
    'a bonus without points',
    { bonuses: [{ name: 'a', points: 0, seniorities: ['vp'] }] },
    /^bonuses\[0\].points: Too small/,
  ],
  [
    'a bonus whose name could be a person’s',
    { bonuses: [{ name: 'Pat Doe', points: 1, seniorities: ['vp'] }] },
    /^bonuses\[0\].name: expected lower-case/,
  ],
  [
    'two bonuses of one name',
    {
      bonuses: [
        { name: 'a', points: 1, seniorities: ['vp'] },
        { name: 'a', points: 2, seniorities: ['vp'] },
      ],
    },
    'bonuses: expected unlike names',
  ],
  ['a group of nobody', { group: { maxMembers: 0 } }, 'group.maxMembers: Too small: expected number to be >=1'],
])('refuses %s', (_what, profile, issue) => {
  expect(issuesOf(profile)).toEqual([typeof issue === 'string' ? issue : expect.stringMatching(issue)])
})

test('a narrower rule may stand before a wider one, and rules may overlap', () => {
  const roles = [
    { role: 'blocker', seniorities: ['vp'], departments: ['it'] },
    { role: 'champion', seniorities: ['vp', 'head'] },
    { role: 'influencer', departments: ['it'] },
  ]
  expect(issuesOf({ roles })).toEqual([])
})
