import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compilePolicy } from './compile-policy.ts'
import { policyOfTypes, significancePolicySchema } from './significance-policy.ts'

const DEFAULTS = {
  significantTypes: ['person.role_change', 'person.company_change', 'person.promotion', 'person.department_change'],
  untrusted: [],
  ignoreCosmetic: false,
}

test('an empty file is the policy of the contract', () => {
  expect(significancePolicySchema.parse({})).toEqual(DEFAULTS)
})

const EXAMPLES = join(import.meta.dirname, '../../../../policies')
const example = (file: string) => significancePolicySchema.parse(JSON.parse(readFileSync(join(EXAMPLES, file), 'utf8')))

test.each(readdirSync(EXAMPLES))('the example %s is valid', (file) => {
  expect(example(file).significantTypes).not.toEqual([])
})

test('the example of the default is the policy of the contract', () => {
  expect(example('default.json')).toEqual(DEFAULTS)
})

test('the types alone make the same policy as a file with them', () => {
  const significantTypes = ['person.promotion']
  expect(policyOfTypes(significantTypes)).toEqual(significancePolicySchema.parse({ significantTypes }))
})

test.each([
  ['a field that is not known', { significant: [] }],
  ['no type', { significantTypes: [] }],
  ['a pattern where an exact type is asked for', { significantTypes: ['person.*'] }],
  ['what is no event type', { significantTypes: ['promotion'] }],
  ['a rule for everything', { untrusted: [{}] }],
  ['a rule with an empty list', { untrusted: [{ sources: [] }] }],
  ['a star inside a pattern', { untrusted: [{ types: ['person.*_change'] }] }],
  ['a pattern beyond person', { untrusted: [{ types: ['*'] }] }],
  ['a field of a rule that is not known', { untrusted: [{ types: ['person.*'], source: 'crm' }] }],
  ['a word for true', { ignoreCosmetic: 'yes' }],
])('%s is refused', (_, policy) => {
  expect(significancePolicySchema.safeParse(policy).success).toBe(false)
})

describe('which events are trusted', () => {
  const trusts = (untrusted: object[], type: string, source: string) =>
    compilePolicy(significancePolicySchema.parse({ untrusted })).isTrusted(type, source)

  test('all where no rule says otherwise', () => {
    expect(trusts([], 'person.updated', 'crm')).toBe(true)
  })

  test('a rule of types takes exactly these, or all that begin so', () => {
    expect(trusts([{ types: ['person.updated'] }], 'person.updated', 'crm')).toBe(false)
    expect(trusts([{ types: ['person.updated'] }], 'person.updated.v2', 'crm')).toBe(true)
    expect(trusts([{ types: ['person.updated*'] }], 'person.updated.v2', 'crm')).toBe(false)
    expect(trusts([{ types: ['person.*'] }], 'person.promotion', 'crm')).toBe(false)
  })

  test('a rule of sources takes all their types', () => {
    expect(trusts([{ sources: ['crm'] }], 'person.promotion', 'crm')).toBe(false)
    expect(trusts([{ sources: ['crm'] }], 'person.promotion', 'crm2')).toBe(true)
  })

  test('a rule of both takes what meets both, and any rule is enough', () => {
    const rules = [{ sources: ['crm'], types: ['person.updated'] }, { sources: ['feed'] }]
    expect(trusts(rules, 'person.promotion', 'crm')).toBe(true)
    expect(trusts(rules, 'person.updated', 'other')).toBe(true)
    expect(trusts(rules, 'person.updated', 'crm')).toBe(false)
    expect(trusts(rules, 'person.promotion', 'feed')).toBe(false)
  })
})
