import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classifyDepartment, classifyTitle } from './classify-title.ts'
import { DEPARTMENTS, SENIORITIES } from './title-rules.ts'

/** Each row: a title, its seniority, its department. */
type Row = [title: string, seniority: string, department: string]

function reads(rows: Row[]): void {
  test.each(rows)('%s is %s in %s', (title, seniority, department) => {
    expect(classifyTitle(title)).toEqual({ seniority, department })
  })
}

describe('each level has its words', () => {
  reads([
    ['Owner', 'owner', 'executive'],
    ['CEO', 'c-suite', 'executive'],
    ['Chairman of the Board', 'c-suite', 'executive'],
    ['Managing Director', 'c-suite', 'executive'],
    ['Chief Revenue Officer', 'c-suite', 'sales'],
    ['VP Sales', 'vp', 'sales'],
    ['Vice Chair', 'vp', 'executive'],
    ['Head of Growth (EMEA)', 'head', 'marketing'],
    ['Ranking Member', 'head', 'executive'],
    ['Sr. Dir., RevOps', 'director', 'sales'],
    ['Partner', 'director', 'other'],
    ['Chief of Staff', 'director', 'other'],
    ['Engineering Manager', 'manager', 'engineering'],
    ['General Manager', 'manager', 'operations'],
    ['Team Lead, Customer Support', 'manager', 'support'],
    ['Tech Lead', 'senior', 'engineering'],
    ['Principal Engineer', 'senior', 'engineering'],
    ['IT Administrator', 'individual', 'it'],
    ['Member', 'individual', 'other'],
    ['Marketing Intern', 'intern', 'marketing'],
    ['', 'individual', 'other'],
  ])
})

describe('of several posts the highest that is held counts', () => {
  reads([
    ['EVP & CFO', 'c-suite', 'finance'],
    ['VP Sales / Interim CRO', 'c-suite', 'sales'],
    ['Co-Founder & CTO', 'owner', 'engineering'],
    ['President & COO', 'c-suite', 'operations'],
    ['Learning Designer, CEO', 'c-suite', 'executive'],
    ['Marketing Manager and Interim CFO', 'c-suite', 'finance'],
    ['Executive Assistant to the CEO and Office Manager', 'manager', 'other'],
  ])
})

describe('a post that is served is not held', () => {
  reads([
    ['Assistant to the CEO', 'individual', 'other'],
    ['EA to CFO', 'individual', 'other'],
    ['Executive Assistant, CFO', 'individual', 'other'],
    ['Office of the CTO', 'individual', 'other'],
    ['Director, Office of the CTO', 'director', 'other'],
    ['Analyst reporting to VP Finance', 'individual', 'other'],
    ['Chief of Staff to the CEO', 'director', 'other'],
    ["Founder's Associate", 'individual', 'other'],
    ['CEO Office', 'individual', 'executive'],
    ['Director - CTO Group', 'director', 'engineering'],
    ['Manager, CFO Advisory', 'manager', 'finance'],
    ['CxO Advisor', 'individual', 'other'],
    ['VP Advisory', 'vp', 'other'],
    ['Chief Coach', 'c-suite', 'hr'],
    ['Senior Associate', 'senior', 'other'],
    ['Recruiter for C-Level', 'individual', 'hr'],
  ])
})

describe('a post that was left, or only hoped for, is not held', () => {
  reads([
    ['Former CEO', 'individual', 'other'],
    ['ex-CEO, now advisor', 'individual', 'other'],
    ['CEO (retired)', 'individual', 'other'],
    ['Retired CEO', 'individual', 'other'],
    ['Aspiring CEO', 'individual', 'other'],
    ['Former CEO / Board Member', 'c-suite', 'executive'],
    ['Ex-Google, VP Engineering', 'vp', 'engineering'],
    ['Ex Officio', 'individual', 'other'],
  ])
})

describe('a deputy stands below the chief, but an assistant or acting rank is that rank', () => {
  reads([
    ['Deputy CFO', 'vp', 'finance'],
    ['Deputy General Counsel', 'vp', 'legal'],
    ['Deputy Head of Sales', 'director', 'sales'],
    ['Interim CFO', 'c-suite', 'finance'],
    ['Acting Head of HR', 'head', 'hr'],
    ['Assistant Vice President', 'vp', 'other'],
    ['Associate Director, Clinical Operations', 'director', 'operations'],
    ['Assistant Manager', 'manager', 'other'],
  ])
})

describe('who manages a thing is a manager, no more and no less', () => {
  reads([
    ['Product Manager', 'manager', 'product'],
    ['Senior Product Manager', 'manager', 'product'],
    ['Lead Product Manager', 'manager', 'product'],
    ['Group Product Manager', 'manager', 'product'],
    ['Head of Product Management', 'head', 'product'],
    ['Brand Manager', 'manager', 'marketing'],
    ['Community Manager', 'manager', 'marketing'],
    ['Key Account Manager', 'manager', 'sales'],
    ['Bid Manager', 'manager', 'sales'],
    ['Business Development Manager', 'manager', 'sales'],
    ['Project Leader', 'manager', 'operations'],
    ['Assistant Product Manager', 'manager', 'product'],
    ['Associate Product Manager', 'manager', 'product'],
    ['Junior Project Manager', 'manager', 'operations'],
    ['Product Management', 'individual', 'product'],
    ["Product Manager's Assistant", 'individual', 'product'],
    ['Assistant to the Product Manager', 'individual', 'other'],
    ['Product Management Intern', 'intern', 'product'],
    ['Project Manager Intern', 'intern', 'operations'],
    ['Project Manager in Training', 'intern', 'operations'],
  ])
})

describe('words that only look like a rank give none', () => {
  reads([
    ['Manager, Product Marketing', 'manager', 'marketing'],
    ['Product Owner', 'individual', 'product'],
    ['Talent Acquisition Partner', 'individual', 'hr'],
    ['Lead Generation Specialist', 'individual', 'marketing'],
    ['Intern Program Manager', 'manager', 'operations'],
    ['Advisory Board Member', 'individual', 'other'],
    ['Vice President', 'vp', 'other'],
    ['Staff Accountant', 'individual', 'finance'],
    ['Limited Partner', 'individual', 'other'],
    ['Client Partner', 'individual', 'sales'],
    ['VP-Level Consultant', 'individual', 'other'],
    ['Thought Leader', 'individual', 'other'],
    ['Senior Manager, Franchisee Performance', 'manager', 'other'],
    ['MD', 'c-suite', 'executive'],
    ['Attending Physician, MD', 'individual', 'other'],
  ])
})

describe('the department is what the post is about', () => {
  reads([
    ['Technical Recruiter', 'individual', 'hr'],
    ['Director of Sales & Marketing', 'director', 'sales'],
    ['Sales & Marketing Director', 'director', 'sales'],
    ['Marketing Operations Manager', 'manager', 'marketing'],
    ['IT Support Specialist', 'individual', 'it'],
    ['Software Engineer, Sales Tools', 'individual', 'engineering'],
    ['VP of Engineering at Acme Sales Inc', 'vp', 'engineering'],
    ['Chief Sales and Marketing Officer', 'c-suite', 'sales'],
    ['Professor of Marketing', 'individual', 'other'],
    ['Operations Manager', 'manager', 'operations'],
    ['QA Manager', 'manager', 'operations'],
    ['QA Analyst', 'individual', 'engineering'],
    ['VP, Continuous Improvement', 'vp', 'operations'],
    ['AVP, Corporate Development', 'vp', 'finance'],
    ['VP, Customer Acquisition & Analytics', 'vp', 'marketing'],
    ['Global Supply Manager', 'manager', 'operations'],
    ['IT Program Manager', 'manager', 'it'],
    ['Mkt. Research Accoutant', 'individual', 'finance'],
  ])
})

describe('the titles of the demo are read by their place on a committee', () => {
  reads([
    ['Chairwoman', 'c-suite', 'executive'],
    ['Cochairman', 'c-suite', 'executive'],
    ['Co-Chairman', 'c-suite', 'executive'],
    ['Vice-Chair', 'vp', 'executive'],
    ['Vice Chairperson', 'vp', 'executive'],
    ['Ranking Member', 'head', 'executive'],
    ['Member', 'individual', 'other'],
    ['Ex Officio', 'individual', 'other'],
  ])
})

describe('a chief is an officer, the first of a profession or of a unit', () => {
  reads([
    ['Chief Evangelist', 'c-suite', 'marketing'],
    ['Chief Station Engineer', 'director', 'engineering'],
    ['Intelligence Chief', 'head', 'other'],
    ['Head Brewer', 'senior', 'other'],
    ['Head of Brewing', 'head', 'other'],
    ['Chair Mender', 'individual', 'other'],
  ])
})

describe('a rank is known however it is written', () => {
  reads([
    ['C E O', 'c-suite', 'executive'],
    ['C.F.O.', 'c-suite', 'finance'],
    ['Vice–President, Sales', 'vp', 'sales'],
    ['Vice - President Finance', 'vp', 'finance'],
    ['V P Operations', 'vp', 'operations'],
    ['AVP, Enterprise Sales', 'vp', 'sales'],
    ['Mng. Director', 'c-suite', 'executive'],
    ['Vice Presdient', 'vp', 'other'],
    ['Co-Fouder', 'owner', 'executive'],
    ['Fouding Partner', 'owner', 'executive'],
    ['Dy. Head, Finance', 'director', 'finance'],
    ['Marketting Directer', 'director', 'marketing'],
    ['Suprevisor', 'manager', 'other'],
  ])
})

describe('a word that is only like a rank is none', () => {
  reads([
    ['Funder', 'individual', 'other'],
    ['Funding Partner', 'director', 'other'],
    ['Founded', 'individual', 'other'],
    ['Resident', 'individual', 'other'],
    ['Directory', 'individual', 'other'],
    ['Managed Services', 'individual', 'support'],
    ['Back Office', 'individual', 'operations'],
  ])
})

describe('other languages', () => {
  reads([
    ['Geschäftsführer', 'c-suite', 'executive'],
    ['Vertriebsleiter', 'head', 'sales'],
    ['Leiter/in Einkauf (m/w/d)', 'head', 'operations'],
    ['Teamleiterin Buchhaltung', 'manager', 'finance'],
    ['Señor Développeur', 'individual', 'engineering'],
    ["Directeur d'exploitation", 'director', 'operations'],
    ['Directora de Recursos Humanos', 'director', 'hr'],
    ['Gerente de Ventas', 'manager', 'sales'],
    ['Administrerende direktør', 'c-suite', 'executive'],
    ['Salgssjef', 'head', 'sales'],
    ['Cofundador', 'owner', 'executive'],
  ])
})

test('a department is read from its own name or from words in it, and is null where unknown', () => {
  expect(classifyDepartment('HR')).toBe('hr')
  expect(classifyDepartment('Revenue Operations')).toBe('sales')
  expect(classifyDepartment('Operations')).toBe('operations')
  expect(classifyDepartment('Sales & Marketing')).toBe('sales')
  expect(classifyDepartment('Other')).toBe('other')
  expect(classifyDepartment('Zoology')).toBeNull()
  expect(classifyDepartment('')).toBeNull()
})

const words = fc.constantFrom(
  ...['VP', 'Chief', 'Officer', 'of', 'to', 'the', 'and', '&', ',', '/', '(', ')', '-', 'Former', 'ex', 'Sales', 'MD'],
  ...['Director', 'Product', 'Manager', 'Assistant', 'Intern', 'Éxecutive', 'R&D', 'retired', 'at', 'Leiter'],
)
const titles = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(words, { maxLength: 12 }).map((found) => found.join(' ')),
)

describe('any text', () => {
  test('has one of the levels and departments, and always the same', () => {
    fc.assert(
      fc.property(titles, (title) => {
        const reading = classifyTitle(title)
        expect(SENIORITIES).toContain(reading.seniority)
        expect(DEPARTMENTS).toContain(reading.department)
        expect(classifyTitle(title)).toEqual(reading)
      }),
    )
  })

  test('reads the same in capitals, in full width, with more space and with a full stop', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (found) => {
        const title = found.join(' ')
        const reading = classifyTitle(title)
        expect(classifyTitle(title.toUpperCase())).toEqual(reading)
        expect(classifyTitle(title.replace(/[a-zA-Z]/g, toFullWidth))).toEqual(reading)
        expect(classifyTitle(`\t${found.join('   ')}.\n`)).toEqual(reading)
      }),
    )
  })

  test.each([
    'a.',
    ' - ',
    '(',
    'r & ',
    'assistant to the ',
    'ceo, and ',
    'ex retired ',
    "d'",
    'member of board of ',
    '(m/w/d',
    'head of the chief ',
    'vp, sales ',
  ])('that repeats "%s" is read in a few milliseconds, however long it is', (text) => {
    const times = Array.from({ length: 5 }, () => timed(text.repeat((256 * 1024) / text.length)))
    expect(Math.min(...times)).toBeLessThan(50)
  })
})

function timed(text: string): number {
  const began = performance.now()
  classifyTitle(text)
  return performance.now() - began
}

function toFullWidth(letter: string): string {
  return String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfe_e0)
}
