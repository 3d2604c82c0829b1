import { expect, test } from 'vitest'
import { PROBLEMS } from '../../problems.ts'
import { explainAnswer } from './explain-answer.ts'

const answer = { source: 'lusha', status: 400, code: undefined, eventId: 'test-1', mayContainTest: true }

test('an event that is taken shows that the source works, and is named', () => {
  const { ok, meaning } = explainAnswer({ ...answer, status: 202 })
  expect(ok).toBe(true)
  expect(meaning).toContain('lusha:test-1')
})

test.each([
  ['the type is refused as configured', { mayContainTest: false }],
  ['a delivery without events is none of the format', { eventId: undefined }],
])('a refusal shows that the signature is right where %s', (_why, more) => {
  expect(explainAnswer({ ...answer, code: 'invalid_event', ...more })).toMatchObject({
    ok: true,
    meaning: expect.stringMatching(/^The signature is right/),
  })
})

test('any other refusal of a webhook is explained and no success', () => {
  const codes = [
    'not_found',
    'missing_signature',
    'invalid_signature',
    'stale_timestamp',
    'invalid_event',
    'unavailable',
  ]
  for (const code of [...codes, 'unknown_source', 'rate_limited']) {
    expect(Object.keys(PROBLEMS)).toContain(code)
    const { ok, meaning } = explainAnswer({ ...answer, code })
    expect(ok).toBe(false)
    expect(meaning).not.toContain('no answer of ingest')
  }
})

test('an answer that is none of ingest is called so', () => {
  expect(explainAnswer({ ...answer, status: 502 })).toMatchObject({
    ok: false,
    meaning: expect.stringContaining('no answer of ingest'),
  })
})
