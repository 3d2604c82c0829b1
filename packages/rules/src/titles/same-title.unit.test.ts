import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classifyTitle } from './classify-title.ts'
import { isSameTitle } from './same-title.ts'

describe('two spellings of one title', () => {
  test.each([
    ['VP Sales', 'Vice President, Sales'],
    ['V.P. of Sales', 'VP Sales'],
    ['Sales VP', 'Vice-President of Sales'],
    ['Sr. Dir., RevOps', 'Senior Director Revenue Operations'],
    ['Director of Sales', 'Sales Director'],
    ['HEAD OF GROWTH (EMEA)', 'Head of Growth, EMEA'],
    ['CEO', 'Chief Executive Officer'],
    ['Founder & CEO', 'Founder / CEO'],
    ['Eng. Mgr', 'Engineering Manager'],
    ['Mananger, Sales', 'Manager, Sales'],
    ['Software Engineer II', 'Software Engineer 2'],
    ['ＶＰ　Ｓａｌｅｓ', 'vp sales'],
    ['Chairwoman', 'Chairman'],
    ['Leiter/in Vertrieb (m/w/d)', 'Leiter Vertrieb'],
    ['', ''],
  ])('%s and %s are the same', (left, right) => {
    expect(isSameTitle(left, right)).toBe(true)
  })
})

describe('two titles', () => {
  test.each([
    ['VP', 'SVP'],
    ['VP Sales', 'VP Sales, EMEA'],
    ['Product Manager', 'Manager, Product Marketing'],
    ['Product Manager', 'Manager, Product'],
    ['Product Manager', 'Senior Product Manager'],
    ['Director', 'Managing Director'],
    ['Assistant Director', 'Assistant to the Director'],
    ['Assistant & Director', 'Assistant Director'],
    ['President', 'Vice President'],
    ['CEO', 'Former CEO'],
    ['CFO', 'Deputy CFO'],
    ['CPO', 'Chief Product Officer'],
    ['AVP', 'Assistant Vice President'],
    ['Software Engineer II', 'Software Engineer III'],
    ['Head of Sales', 'Sales'],
    ['CEO', ''],
    ['!!!', 'CEO'],
    [`CEO${' '.repeat(5_000)}`, `CEO${' '.repeat(5_000)}of Sales`],
  ])('%s and %s are not the same', (left, right) => {
    expect(isSameTitle(left, right)).toBe(false)
  })

  test('compare alike in either order, are themselves, and read alike when they are the same', () => {
    const word = fc.constantFrom('VP', 'Vice', 'President', 'Sr.', 'of', ',', '&', 'Sales', 'Manager', 'Product', '/')
    const title = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(title, title, (left, right) => {
        expect(isSameTitle(left, left)).toBe(true)
        expect(isSameTitle(left, right)).toBe(isSameTitle(right, left))
        if (isSameTitle(left, right)) expect(classifyTitle(left)).toEqual(classifyTitle(right))
      }),
    )
  })
})
