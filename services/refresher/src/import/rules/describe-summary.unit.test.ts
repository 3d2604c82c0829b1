import { expect, test } from 'vitest'
import { describeSummary } from './describe-summary.ts'

const facts = {
  rows: 3_697,
  imported: 3_697,
  rejected: 0,
  companies: 1,
  retired: 0,
  unsure: 0,
  isSnapshot: false,
  isDryRun: false,
  rejectsFile: 'x.rejects.ndjson',
}

test('one line says it all where all is well', () => {
  expect(describeSummary(facts)).toEqual(['3,697 rows: 3,697 imported, 0 rejected; 1 company.'])
})

test('names the rejects file, what a snapshot ended and what it left alone', () => {
  const lines = describeSummary({ ...facts, imported: 3_690, rejected: 7, isSnapshot: true, retired: 1, unsure: 2 })
  expect(lines).toEqual([
    '3,697 rows: 3,690 imported, 7 rejected; 1 company.',
    '1 position that is not in the file ended.',
    'At 2 companies no position was ended, since a rejected row may be one of theirs: correct the rows and run it again.',
    'WARNING: the rejected rows, each with its line and reason, are in x.rejects.ndjson',
  ])
})

test('says when nothing was imported', () => {
  expect(describeSummary({ ...facts, rows: 0, imported: 0 }).at(-1)).toBe('The file holds no rows.')
  expect(describeSummary({ ...facts, imported: 0, rejected: 3_697 }).at(-1)).toBe('Nothing was imported.')
})
