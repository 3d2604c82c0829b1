import { describe, expect, test } from 'vitest'
import { describeJourney, type RecordedEvent } from './describe-journey.ts'

const AT = new Date('2026-01-15T09:30:00Z')

const recorded = (change: Partial<RecordedEvent> = {}): RecordedEvent => ({
  idempotencyKey: 'test:evt_1',
  source: 'test',
  eventType: 'person.promotion',
  bodySha256: 'abc',
  companyId: 'acme',
  occurredAt: AT,
  receivedAt: AT,
  processed: true,
  processedAt: AT,
  decision: { outcome: 'refresh', commandIds: ['c1'] },
  waitingFor: ['acme'],
  ...change,
})

const coverage = { companyId: 'acme', commandId: 'c1', refreshId: 'r1', sequence: 7, at: AT }

describe('the journey of an event', () => {
  test('names its refreshes with the state of each, unknown while none is logged', () => {
    const refreshes = [{ commandId: 'c1', status: 'processing' as const }]
    const event = recorded({ decision: { outcome: 'refresh', commandIds: ['c1', 'c2'] } })
    expect(describeJourney(event, refreshes).decision).toEqual({
      outcome: 'refresh',
      refreshes: [
        { commandId: 'c1', status: 'processing' },
        { commandId: 'c2', status: null },
      ],
    })
  })

  test('says what it was classified as, where its own type did not count', () => {
    const classification = { type: 'none', reason: 'cosmetic', policy: '0a1b2c3d4e5f' }
    expect(describeJourney(recorded({ classification }), []).classification).toEqual(classification)
    expect(describeJourney(recorded(), []).classification).toBeNull()
  })

  test('shows who covered it', () => {
    const event = recorded({ waitingFor: [], coveredBy: [coverage] })
    expect(describeJourney(event, [{ commandId: 'c1', status: 'completed' }])).toMatchObject({
      status: 'covered',
      coveredBy: [{ companyId: 'acme', commandId: 'c1', refreshId: 'r1', status: 'completed' }],
    })
  })

  const { processedAt: _at, decision: _decision, ...undecided } = recorded({ processed: false })

  test.each([
    ['undecided', undecided],
    ['failed', { ...undecided, error: { code: 'event_id_conflict', message: 'x' } }],
    ['waiting', recorded()],
    ['covered', recorded({ waitingFor: [], coveredBy: [coverage] })],
    ['insignificant', recorded({ waitingFor: [], decision: { outcome: 'insignificant', commandIds: [] } })],
    ['waiting', recorded({ decision: { outcome: 'coalesced', commandIds: [] } })],
  ])('is %s', (status, event) => {
    expect(describeJourney(event, []).status).toBe(status)
  })
})
