import { nativeAdapter } from '../adapters/native.ts'
import { type Answer, json } from '../answer.ts'
import { MAX_BODY_BYTES } from '../limits.ts'
import { nativeScheme } from '../schemes/native.ts'
import { TIMESTAMP_TOLERANCE_MS } from '../schemes/scheme.ts'
import type { Source, Sources } from '../sources/sources.ts'

export const OPENAPI_PATH = '/openapi.json'
/** The page that renders it. */
export const DOCS_PATH = '/docs'
export const NATIVE_EVENT_SCHEMA_PATH = '/schemas/native-event.json'

/** Types that refresh a buyer group by default (system.md, "Words"); every other `person.*` is taken and recorded. */
export const SIGNIFICANT_EVENT_TYPES = [
  'person.role_change',
  'person.company_change',
  'person.promotion',
  'person.department_change',
] as const

/** What `GET /api/webhooks/person-change` tells someone who is about to send events. */
export function webhookInfo(sources: Sources): Answer {
  return json(
    200,
    {
      description: 'Takes signed changes of persons and keeps the buyer groups of their companies current.',
      eventTypes: { accepted: 'person.*', significantByDefault: SIGNIFICANT_EVENT_TYPES },
      sources: sources.names.filter((name) => isNative(sources.find(name))),
      signature: {
        scheme: 'native',
        algorithm: 'HMAC-SHA256',
        signatureHeader: 'x-signature',
        timestampHeader: 'x-timestamp',
        signedContent: '{x-timestamp}.{raw body}',
        encoding: 'lower-case hex',
        timestampUnit: 'milliseconds since the epoch',
      },
      replayWindowSeconds: TIMESTAMP_TOLERANCE_MS / 1_000,
      limits: { maxBodyBytes: MAX_BODY_BYTES, contentType: 'application/json', charset: 'utf-8', maxFutureHours: 24 },
      repeats: 'Send an event again with the same id and the same body on 429, 503 or no answer.',
      links: { documentation: DOCS_PATH, openapi: OPENAPI_PATH, jsonSchema: NATIVE_EVENT_SCHEMA_PATH },
    },
    { 'cache-control': 'public, max-age=60' },
  )
}

/** Others post to an address of their own, in ways of their own. */
function isNative(source: Source | undefined): boolean {
  return source?.scheme === nativeScheme && source.adapter === nativeAdapter
}
