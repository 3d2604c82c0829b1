import { expect, test } from 'vitest'
import { DLQ_HEADERS, incomingMessage } from '../test-kit/incoming-message.ts'
import { findReplayOf, judgeLetter, type ReplayScope } from './judge-letter.ts'
import { matchesFilter } from './matches-filter.ts'
import { readDeadLetter } from './read-dead-letter.ts'

const letter = readDeadLetter(incomingMessage())
const noon = letter.at

/** A replay of offsets 0 to 9, planned at the time of the letter, that has come to `next`. */
const replay = (replayId: string, next: number, more: Partial<ReplayScope> = {}): ReplayScope => ({
  replayId,
  filter: {},
  again: false,
  missingTopics: [],
  plan: { lastAt: new Date(noon) },
  ranges: [{ topic: 'orders.detector.dlq', partition: 0, from: 0, to: 10, next }],
  ...more,
})

test('a filter takes letters that meet each of its conditions', () => {
  expect(matchesFilter(letter, {})).toBe(true)
  expect(matchesFilter(letter, { companies: ['beta', 'acme'], reasons: ['event_id_conflict'] })).toBe(true)
  expect(matchesFilter(letter, { companies: ['beta'] })).toBe(false)
  expect(matchesFilter(letter, { companies: ['acme'], reasons: ['other'] })).toBe(false)
  expect(matchesFilter({ ...letter, company: null }, { companies: ['acme'] })).toBe(false)
})

test('a time filter takes its first instant and leaves its last', () => {
  expect(matchesFilter(letter, { since: new Date(noon), until: new Date(noon + 1) })).toBe(true)
  expect(matchesFilter(letter, { since: new Date(noon + 1) })).toBe(false)
  expect(matchesFilter(letter, { until: new Date(noon) })).toBe(false)
})

test('a letter goes back to the topic that it came from', () => {
  expect(judgeLetter(letter, replay('r', 0), [])).toEqual({ kind: 'replay', topic: 'orders' })
  expect(judgeLetter(letter, replay('r', 0, { filter: { companies: ['beta'] } }), [])).toEqual({ kind: 'ignore' })
})

test('a letter stays where its origin is unknown or its topic is gone', () => {
  const unreadable = readDeadLetter(incomingMessage({ headers: {} }))
  expect(judgeLetter(unreadable, replay('r', 0), [])).toEqual({ kind: 'refuse', why: 'unreadable_origin' })
  const scope = replay('r', 0, { missingTopics: ['orders'] })
  expect(judgeLetter(letter, scope, [])).toEqual({ kind: 'refuse', why: 'target_topic_missing' })
})

test.each(['others', 'orders.detector.retry.1', 'orders.detector.dlq', 'orders.'])(
  'a letter of orders goes nowhere where it says that it came from %s',
  (topic) => {
    const strayed = readDeadLetter(incomingMessage({ headers: { ...DLQ_HEADERS, 'dlq-topic': topic } }))
    const refused = { kind: 'refuse', why: 'wrong_origin' }
    expect(judgeLetter(strayed, replay('r', 0), [])).toEqual(refused)
    expect(judgeLetter(strayed, replay('r', 0, { again: true, missingTopics: [topic] }), [])).toEqual(refused)
    expect(findReplayOf(strayed, [replay('a', 8)])).toBeUndefined()
  },
)

test('a letter that another replay has taken stays, unless it is wanted again', () => {
  const refused = { kind: 'refuse', why: 'already_replayed' }
  expect(judgeLetter(letter, replay('r', 0), [replay('done', 8)])).toEqual(refused)
  expect(judgeLetter(letter, replay('r', 0), [replay('not-yet', 7)])).toMatchObject({ kind: 'replay' })
  expect(judgeLetter(letter, replay('r', 0, { again: true }), [replay('done', 8)])).toMatchObject({ kind: 'replay' })
  // Its own progress does not count: a chunk that was not acknowledged is published again.
  expect(judgeLetter(letter, replay('r', 8), [replay('r', 8)])).toMatchObject({ kind: 'replay' })
})

test('a letter from after a plan is none of its letters, although a topic made anew gave it one of their offsets', () => {
  const older = { plan: { lastAt: new Date(noon - 1) } }
  expect(findReplayOf(letter, [replay('old', 10, older)])).toBeUndefined()
  expect(judgeLetter(letter, replay('r', 0), [replay('old', 10, older)])).toMatchObject({ kind: 'replay' })
  // Nor does the old plan take it itself, or another one would take it twice.
  expect(judgeLetter(letter, replay('old', 0, older), [])).toEqual({ kind: 'refuse', why: 'newer_than_plan' })
  expect(judgeLetter(letter, replay('r', 0, { plan: { lastAt: null } }), [])).toMatchObject({ kind: 'replay' })
})

test('a letter is taken only by a replay that came past it and wanted it', () => {
  expect(findReplayOf(letter, [replay('a', 8), replay('b', 10)])).toBe('a')
  expect(findReplayOf(letter, [replay('a', 8), replay('b', 10, { again: true })])).toBe('b')
  expect(findReplayOf(letter, [replay('a', 8, { filter: { reasons: ['other'] } })])).toBeUndefined()
  expect(findReplayOf(letter, [replay('a', 8, { missingTopics: ['orders'] })])).toBeUndefined()
  const elsewhere = { topic: 'orders.detector.dlq', partition: 1, from: 0, to: 10, next: 10 }
  expect(findReplayOf(letter, [replay('a', 8, { ranges: [elsewhere] })])).toBeUndefined()
  const unreadable = readDeadLetter(incomingMessage({ headers: { ...DLQ_HEADERS, 'dlq-topic': undefined } }))
  expect(findReplayOf(unreadable, [replay('a', 8)])).toBeUndefined()
})
