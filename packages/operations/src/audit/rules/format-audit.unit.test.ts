import { expect, test } from 'vitest'
import { createHistory, createSettledHistory } from '../test-kit/history.ts'
import { checkInvariants } from './check-invariants.ts'
import { formatAudit } from './format-audit.ts'

test('the table tells what became of the events and which invariants hold', () => {
  const text = formatAudit(checkInvariants(createSettledHistory().facts()))
  expect(text).toMatch(/^events accepted +3\n/)
  expect(text).toMatch(/covered by a refresh +2\n/)
  expect(text).toMatch(/I1 +holds\n/)
  expect(text).toMatch(/lost +0\ntwice +0$/)
})

test('what is in flight is said with what it waits for', () => {
  const history = createHistory()
  history.accept('s:1')
  history.decide()
  const text = formatAudit(checkInvariants(history.facts()))
  expect(text).toMatch(/wait for their window to close +1\n/)
  expect(text).toContain('what is in flight is not judged yet')
})

test('what needs a look although nothing is lost is listed apart from what cannot be accounted for', () => {
  const history = createHistory()
  history.accept('s:1')
  history.decide()
  const command = history.produce(history.claim())
  history.save(command)
  history.bury(command.place, 'message_too_large')
  const text = formatAudit(checkInvariants(history.facts()))
  expect(text).not.toContain('cannot be accounted for')
  expect(text).toMatch(/\n\nneeds a look:\n {2}group_undeliverable: the group of company acme /)
})

test('every violation is one line with its invariants and kind, as many as asked for', () => {
  const report = checkInvariants(createSettledHistory().facts({ records: [] }))
  const text = formatAudit(report, { maxListed: 2 })
  expect(text).toMatch(/I1 +broken: 3\n/)
  expect(text).toContain('I1, I4 event_unrecorded: event s:1 is neither recorded nor in a dead-letter topic')
  expect(text).not.toContain('event s:3')
  expect(text).toContain('... and 1 more')
})
