import { describe, expect, test } from 'vitest'
import { warnAboutPolicy } from './policy-problems.ts'
import { type SignificancePolicy, significancePolicySchema } from './significance-policy.ts'

const policy = (file: object): SignificancePolicy => significancePolicySchema.parse(file)
const problems = (file: object) =>
  significancePolicySchema.safeParse(file).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ??
  []

describe('a significant type that is named in vain is refused', () => {
  test.each([
    ['person.promotoin', 'person.promotion'],
    ['person.Promotion', 'person.promotion'],
    ['person.rolechange', 'person.role_change'],
    ['person.role_changed', 'person.role_change'],
    ['person.departement_change', 'person.department_change'],
  ])('%s, with %s as what was meant', (type, meant) => {
    expect(problems({ significantTypes: ['person.promotion', type] })).toEqual([
      expect.stringMatching(new RegExp(`^significantTypes.1: did you mean ${meant}\\?`)),
    ])
  })

  test.each([
    [[{ types: ['person.title_update'] }]],
    [[{ types: ['person.*'] }]],
    [[{ sources: ['crm'] }, { types: ['person.title*'] }]],
  ])('where events of this type are untrusted by %j and so become another', (untrusted) => {
    expect(problems({ significantTypes: ['person.title_update'], untrusted })).toEqual([
      expect.stringMatching(/^significantTypes.0: never applies/),
    ])
  })
})

test.each([
  [
    'one of the four whose events are untrusted, since others become it',
    ['person.promotion'],
    [{ types: ['person.*'] }],
  ],
  ['a type that is trusted from other sources', ['person.title_update'], [{ sources: ['crm'] }]],
  [
    'one near to the four that a rule names',
    ['person.role_changed'],
    [{ types: ['person.role_changed'], sources: ['a'] }],
  ],
  ['one that is no slip', ['person.rank_change', 'person.demotion', 'person.title_change', 'person.name_change'], []],
])('%s is taken', (_, significantTypes, untrusted) => {
  expect(problems({ significantTypes, untrusted })).toEqual([])
})

describe('a warning names', () => {
  test('each significant type that is neither of the four nor in a rule', () => {
    const untrusted = [{ types: ['person.title_update'], sources: ['crm'] }]
    const significantTypes = ['person.promotion', 'person.title_update', 'person.email_change']
    expect(warnAboutPolicy(policy({ significantTypes, untrusted }), undefined)).toEqual([
      'significantTypes names person.email_change: it counts only if a source sends events of exactly this type',
    ])
  })

  test('each untrusted source that ingest does not take, where that is known', () => {
    const file = policy({
      untrusted: [{ types: ['person.updated'] }, { sources: ['CoreSignal', 'crm', 'coresignal'] }],
    })
    expect(warnAboutPolicy(file, ['coresignal', 'linkedin'])).toEqual([
      'untrusted.1.sources names CoreSignal, which is not in WEBHOOK_SOURCES: did you mean coresignal?',
      'untrusted.1.sources names crm, which is not in WEBHOOK_SOURCES',
    ])
    expect(warnAboutPolicy(file, undefined)).toEqual([])
  })

  test('nothing of the default policy', () => {
    expect(warnAboutPolicy(policy({}), ['test'])).toEqual([])
  })
})
