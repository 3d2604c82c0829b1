import type { BadRequest } from './bad-request.ts'
import { bodies } from './kinds/bodies.ts'
import { encodings } from './kinds/encodings.ts'
import { eventFields } from './kinds/event-fields.ts'
import { httpSyntax } from './kinds/http-syntax.ts'
import { jsonShapes } from './kinds/json-shapes.ts'
import { mediaTypes } from './kinds/media-types.ts'
import { operators } from './kinds/operators.ts'
import { paths } from './kinds/paths.ts'
import { signatures } from './kinds/signatures.ts'
import { smuggling } from './kinds/smuggling.ts'
import { timestamps } from './kinds/timestamps.ts'

/** Requests that nobody should send, by kind. Slow senders need a server of short limits: see `slow-senders.ts`. */
export const BAD_REQUESTS: Readonly<Record<string, readonly BadRequest[]>> = {
  signatures,
  timestamps,
  'media types': mediaTypes,
  encodings,
  'shapes of JSON': jsonShapes,
  'fields of the event': eventFields,
  addresses: paths,
  'HTTP syntax': httpSyntax,
  smuggling,
  bodies,
  'calls of operators': operators,
}
