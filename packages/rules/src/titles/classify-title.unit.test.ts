import { describe, expect, test } from 'vitest'
import { classifyDepartment, classifyTitle } from './classify-title.ts'

describe('reading a title', () => {
  test.each([
    ['CEO', 'c-suite', 'executive'],
    ['EVP & CFO', 'vp', 'finance'],
    ['Chief Revenue Officer', 'c-suite', 'sales'],
    ['Co-Founder & CTO', 'owner', 'engineering'],
    ['VP Sales', 'vp', 'sales'],
    ['Vice President', 'vp', 'other'],
    ['Vice President, Marketing', 'vp', 'marketing'],
    ['Head of Growth (EMEA)', 'head', 'marketing'],
    ['Sr. Dir., RevOps', 'director', 'sales'],
    ['Managing Director', 'c-suite', 'executive'],
    ['Chairman of the Board', 'c-suite', 'executive'],
    ['Assistant to the CEO', 'individual', 'other'],
    ['Executive Assistant', 'individual', 'other'],
    ['Chief of Staff', 'director', 'other'],
    ['Product Manager', 'individual', 'product'],
    ['Engineering Manager', 'manager', 'engineering'],
    ['Senior Software Engineer', 'senior', 'engineering'],
    ['Señor Développeur', 'individual', 'other'],
    ['Marketing Intern', 'intern', 'marketing'],
    ['IT Administrator', 'individual', 'it'],
    ['Talent Acquisition Partner', 'director', 'hr'],
    ['Member', 'individual', 'other'],
    ['', 'individual', 'other'],
  ])('%s is %s in %s', (title, seniority, department) => {
    expect(classifyTitle(title)).toEqual({ seniority, department })
  })

  test('a department is read from its own name or from words in it, and is null where unknown', () => {
    expect(classifyDepartment('HR')).toBe('hr')
    expect(classifyDepartment('Revenue Operations')).toBe('operations')
    expect(classifyDepartment('Sales & Marketing')).toBe('sales')
    expect(classifyDepartment('Other')).toBe('other')
    expect(classifyDepartment('Zoology')).toBeNull()
    expect(classifyDepartment('')).toBeNull()
  })
})
