import type { InputOf } from '@buyer-group/pipeline/step.ts'
import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import { expect, test } from 'vitest'
import { classifyTitles } from './classify-titles.ts'

const AT = new Date('2026-01-01T00:00:00Z')

const position = (more: Partial<PositionDoc>): PositionDoc => ({
  companyId: 'acme',
  personId: 'per_1',
  title: 'CFO',
  seniority: 'individual',
  department: 'other',
  changedAt: AT,
  changedBy: 'test:e1',
  active: true,
  ...more,
})

/** What becomes of one position as it was stored. */
const classify = (stored: PositionDoc) => {
  const toClassify = { folded: { folded: { positions: new Map([[stored.personId, stored]]), news: [] } } }
  return classifyTitles.execute(toClassify as unknown as InputOf<typeof classifyTitles>)
}

test('a title is read by today’s rules, whatever was stored of it', () => {
  expect(classify(position({}))).toEqual([position({ seniority: 'c-suite', department: 'finance' })])
})

test('who has left is no member', () => {
  expect(classify(position({ active: false }))).toEqual([])
})
