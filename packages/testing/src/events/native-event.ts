import { randomUUID } from 'node:crypto'
import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'

export interface EventOverrides extends Partial<Omit<NativeEvent, 'person' | 'company'>> {
  readonly person?: Partial<NativeEvent['person']>
  readonly company?: Partial<NativeEvent['company']>
}

/** A valid native event, a promotion at Acme unless told otherwise, with an id of its own. */
export function nativeEvent(overrides: EventOverrides = {}): NativeEvent {
  const { person, company, ...rest } = overrides
  return {
    id: `evt_${randomUUID()}`,
    source: 'test',
    type: 'person.promotion',
    timestamp: '2026-01-15T09:30:00Z',
    changes: { title: { old: 'Director of Finance', new: 'Chief Financial Officer' } },
    ...rest,
    person: { id: 'p1', name: 'Pat Doe', newTitle: 'Chief Financial Officer', ...person },
    company: { id: 'acme', name: 'Acme Inc', ...company },
  }
}
