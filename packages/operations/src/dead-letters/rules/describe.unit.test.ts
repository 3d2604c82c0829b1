import { expect, test } from 'vitest'
import { incomingMessage } from '../test-kit/incoming-message.ts'
import { createLetterList, type ListedLetter } from './dead-letter-list.ts'
import { describeEnd } from './describe-end.ts'
import { describeLetter } from './describe-letter.ts'
import { describeList } from './describe-list.ts'
import { describePlan } from './describe-plan.ts'
import { describeStatus, describeStatuses, type ReplayFacts } from './describe-status.ts'
import { readDeadLetter } from './read-dead-letter.ts'
import { createPlanSummary } from './summarize-plan.ts'

const listed = (offset: number, more: Partial<ListedLetter> = {}): ListedLetter => ({
  ...readDeadLetter(incomingMessage({ offset: String(offset), timestamp: Date.UTC(2026, 0, 1, 12, 0, offset) })),
  value: 'decoded',
  valueProblem: null,
  replayedBy: null,
  ...more,
})

test('a list shows the newest letters and counts all of them', () => {
  const list = createLetterList(2)
  list.add(listed(1))
  list.add(listed(5, { value: 'unreadable', valueProblem: 'not Avro' }))
  list.add(listed(3, { replayedBy: 'r1' }))
  list.add({ ...listed(4, readDeadLetter(incomingMessage({ offset: '4', headers: {} }))), at: 0 })
  const lines = describeList(list.list())
  expect(lines[0]).toBe(
    'TOPIC                PARTITION  OFFSET  TIME                  COMPANY  CODE               ATTEMPTS  STATE',
  )
  expect(lines[1]).toMatch(
    /^orders.detector.dlq +0 +5 +2026-01-01T12:00:05Z +acme +event_id_conflict +4 +not replayed; unreadable value: not Avro$/,
  )
  expect(lines[2]).toMatch(/ 3 .*replayed by r1$/)
  expect(lines).toContain('The newest 2 of 4 (--limit).')
  expect(lines.find((line) => line.includes('unreadable  '))).toMatch(/^orders.detector.dlq +unreadable +1 +0 +1 /)
  expect(lines.filter((line) => line.includes('event_id_conflict')).at(-1)).toMatch(/event_id_conflict +3 +1 +1 /)
  expect(describeList({ letters: [], total: 0, groups: [] })).toEqual(['No dead letters.'])
})

test('a list says that values were not checked', () => {
  const list = createLetterList(2)
  list.add(listed(1, { value: 'unchecked', valueProblem: 'the registry is away' }))
  expect(describeList(list.list()).at(-1)).toBe(
    'WARNING: whether values can be read was not checked: the registry is away',
  )
})

test('a shown letter keeps its value back unless it is asked for', () => {
  const letter = { ...listed(1), headers: { ce_id: 'x' }, value: { kind: 'decoded', value: { name: 'Kim' } } as const }
  const shown = describeLetter(letter, false).join('\n')
  expect(shown).not.toContain('Kim')
  expect(shown).toContain('value of 3 bytes decodes; --payload shows it')
  expect(shown).toContain('came from      orders/3/42')
  expect(describeLetter(letter, true).join('\n')).toContain('"name": "Kim"')
})

test('a shown letter says why its value cannot be decoded', () => {
  const value = { kind: 'unreadable', reason: 'it is not in Confluent wire format' } as const
  const lines = describeLetter({ ...listed(1), headers: {}, value }, true)
  expect(lines.at(-1)).toBe('value of 3 bytes cannot be decoded: it is not in Confluent wire format')
})

const summary = createPlanSummary()
for (let offset = 4; offset < 24; offset += 2) {
  const letter = { ...listed(offset), company: `company-${offset % 24}` }
  summary.add(letter, { kind: 'replay', topic: 'orders' })
}
summary.add({ ...listed(30), company: 'company-4' }, { kind: 'replay', topic: 'orders' })
summary.add({ ...listed(31), company: 'zeta' }, { kind: 'replay', topic: 'others' })
summary.add(listed(1), { kind: 'refuse', why: 'target_topic_missing' })
summary.add(listed(90), { kind: 'ignore' })

test('a plan counts what it takes, refuses the rest, and reads from the first to the last letter', () => {
  expect(summary.ranges()).toEqual([{ topic: 'orders.detector.dlq', partition: 0, from: 4, to: 32, next: 4 }])
  const lines = describePlan(summary.plan(), ['gone'])
  expect(lines[0]).toBe('12 dead letters would be replayed.')
  expect(lines[1]).toBe('  dead-lettered from 2026-01-01T12:00:04Z to 2026-01-01T12:00:31Z')
  expect(lines).toContain('    11  orders')
  expect(lines).toContain('    2  company-4')
  expect(lines).toContain('    ... and 1 more company')
  expect(lines.at(-1)).toBe(
    '1 letter refused (target_topic_missing): the topic that it came from does not exist any more: gone',
  )
})

test('a replay whose process died counts as interrupted', () => {
  const at = new Date('2026-01-01T00:00:00Z')
  const replay: ReplayFacts = {
    replayId: 'r1',
    status: 'running',
    isHeld: false,
    filter: { companies: ['acme'], since: at },
    again: false,
    ranges: summary.ranges(),
    missingTopics: [],
    plan: summary.plan(),
    replayed: 5,
    skipped: 1,
    expired: 0,
    lease: { holder: 'h', expiresAt: at },
    createdAt: at,
    startedAt: at,
    expiresAt: at,
  }
  const lines = describeStatus(replay)
  expect(lines[0]).toBe('replay r1: interrupted')
  expect(lines).toContain('  5 of 12 letters replayed, 1 skipped')
  expect(lines).toContain('  filter: in orders.detector.dlq, company acme, since 2026-01-01T00:00:00Z')
  expect(lines.at(-1)).toBe('Go on with it: npm run dlq -- replay r1')
  expect(describeStatus({ ...replay, isHeld: true })[0]).toBe('replay r1: running')
  expect(describeStatuses([replay])[1]).toMatch(/^r1 +interrupted +2026-01-01T00:00:00Z +5 +1 +0 +12$/)
  expect(lines.join('\n')).not.toContain('expired')
})

test('a status says what a replay came too late for', () => {
  const at = new Date('2026-01-01T00:00:00Z')
  const replay: ReplayFacts = {
    replayId: 'r1',
    status: 'completed',
    isHeld: false,
    filter: {},
    again: false,
    ranges: summary.ranges(),
    missingTopics: [],
    plan: summary.plan(),
    replayed: 5,
    skipped: 0,
    expired: 7,
    lease: null,
    createdAt: at,
    expiresAt: at,
  }
  expect(describeStatus(replay)).toContain(
    '  WARNING: 7 offsets of its ranges had expired in Kafka before it came to them.',
  )
  expect(describeStatuses([replay])[1]).toMatch(/ 5 +0 +7 +12$/)
})

test('an end says what was replayed and how to go on', () => {
  const end = { replayed: 5, skipped: 1, planned: 12, expired: 2 }
  expect(describeEnd('r1', { kind: 'interrupted', ...end })).toEqual([
    'Replay r1 is interrupted: 5 of 12 letters replayed, 1 skipped.',
    'WARNING: 2 offsets of its ranges had expired in Kafka before it came to them.',
    'Go on with it: npm run dlq -- replay r1',
  ])
})
