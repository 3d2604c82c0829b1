import type { PersonChange } from '../../messages/messages.ts'

/** A message that fits the schema of person changes. */
export const sampleChange: PersonChange = {
  eventId: 'evt_1',
  source: 'test',
  type: 'person.promotion',
  timestamp: Date.UTC(2026, 0, 1),
  receivedAt: Date.UTC(2026, 0, 2),
  companyId: 'acme',
  companyName: 'Acme',
  personId: 'p1',
  bodySha256: 'ab'.repeat(32),
  payload: '{"id":"evt_1"}',
}
