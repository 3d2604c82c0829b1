import { expect, test } from 'vitest'
import { DEPARTMENT_NAMES, DEPARTMENT_WORDS } from './departments.ts'
import { RANKS } from './ranks.ts'
import { wordsOf } from './read-title.ts'

test.each([
  ['ranks', Object.values(RANKS).flatMap(({ phrases }) => phrases)],
  ['departments', DEPARTMENT_WORDS.flatMap(({ phrases }) => phrases)],
  ['names of departments', [...DEPARTMENT_NAMES.keys()]],
])('every phrase of the %s can be met: it is written as titles are once their short forms are', (_table, phrases) => {
  expect(phrases.filter((phrase) => wordsOf(phrase).join(' ') !== phrase)).toEqual([])
})
