import { type NativeEvent, nativeEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import { z } from 'zod'

/** The native event as JSON Schema 2020-12. */
export function jsonSchemaOfNativeEvent() {
  return {
    $id: 'urn:buyer-group:native-event',
    title: 'Native event',
    ...z.toJSONSchema(nativeEventSchema, { io: 'input' }),
  }
}

/** The native event as a component of the OpenAPI document. */
export const nativeEventComponent = nativeEventSchema.meta({ id: 'NativeEvent', unusedIO: 'input' })

/** A promotion, as the source of this name would post it. */
export function exampleOfNativeEvent(source: string): NativeEvent {
  return {
    id: 'evt_1',
    source,
    type: 'person.promotion',
    timestamp: '2026-01-15T09:30:00Z',
    person: {
      id: 'p-17',
      name: 'Pat Doe',
      email: 'pat.doe@example.com',
      oldTitle: 'Director of Finance',
      newTitle: 'Chief Financial Officer',
    },
    company: { id: 'acme', name: 'Acme Inc' },
    changes: { title: { old: 'Director of Finance', new: 'Chief Financial Officer' } },
  }
}
