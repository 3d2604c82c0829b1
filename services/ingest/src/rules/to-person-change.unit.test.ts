import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { expect, test } from 'vitest'
import { toPersonChange } from './to-person-change.ts'

test('a webhook becomes a PersonChange with its instant in UTC, its prefixed company and the signed text', () => {
  const event = nativeEvent({
    id: 'evt_1',
    timestamp: '2026-01-15T09:30:00+01:00',
    company: { id: '42', name: 'Acme' },
  })
  const change = toPersonChange({
    event,
    payload: ' {"as": "it came"} ',
    bodySha256: 'abc',
    companyIdPrefix: 'li:',
    receivedAt: 1_700_000_000_000,
  })
  expect(change).toEqual({
    eventId: 'evt_1',
    source: 'test',
    type: 'person.promotion',
    timestamp: Date.UTC(2026, 0, 15, 8, 30),
    receivedAt: 1_700_000_000_000,
    companyId: 'li:42',
    companyName: 'Acme',
    personId: 'p1',
    bodySha256: 'abc',
    payload: ' {"as": "it came"} ',
  })
})
