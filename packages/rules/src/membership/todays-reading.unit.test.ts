import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import { expect, test } from 'vitest'
import { withTodaysReading } from './todays-reading.ts'

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

test('a title is read by the tables of this version, whatever was stored of it', () => {
  const read = withTodaysReading(position({}))
  expect(read).toEqual(position({ seniority: 'c-suite', department: 'finance' }))
  expect(withTodaysReading(read)).toBe(read)
})

test('a department that a change named stays', () => {
  const departmentChanged = { at: AT, by: 'test:e1' }
  expect(withTodaysReading(position({ department: 'sales', departmentChanged }))).toMatchObject({
    seniority: 'c-suite',
    department: 'sales',
  })
})

test('many titles, long ones too, are read as one is', () => {
  const longTitle = `CFO ${'of something '.repeat(20)}`
  const expected = withTodaysReading(position({ title: longTitle }))
  for (let number = 0; number < 10_050; number += 1) withTodaysReading(position({ title: `Director ${number}` }))
  expect(withTodaysReading(position({ title: longTitle }))).toEqual(expected)
  expect(withTodaysReading(position({ title: 'Director 1' })).seniority).toBe('director')
})
