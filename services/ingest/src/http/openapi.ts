import { nativeEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi'
import { PROBLEM_TYPE } from '../answer.ts'
import { PROBLEMS, type ProblemCode } from '../problems.ts'
import { refreshBodySchema } from '../rules/refresh-body.ts'
import { NATIVE_EVENT_SCHEMA_PATH } from './webhook-info.ts'

const nativeEvent = nativeEventSchema.meta({ id: 'NativeEvent', unusedIO: 'input' })

const issue = z.object({
  path: z.array(z.union([z.string(), z.number()])),
  code: z.string(),
  message: z.string(),
})

const problemSchema = z
  .looseObject({
    type: z.string().describe('Names the kind of problem.'),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]).describe('Stable: decide by this.'),
    detail: z.string(),
    issues: z.array(issue).optional().describe('With invalid_event and invalid_request: everything that is wrong.'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' })

const accepted = z.object({ status: z.literal('accepted'), eventId: z.string() })
const alreadyProcessed = z.object({ status: z.literal('already_processed'), eventId: z.string() })
const refreshAccepted = z.object({ status: z.literal('accepted'), id: z.string() })

const signatureHeaders = z.object({
  'x-timestamp': z
    .string()
    .regex(/^\d+$/)
    .describe('Milliseconds since the epoch, at most 5 minutes from the server clock.'),
  'x-signature': z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('Lower-case hex HMAC-SHA256 of the timestamp, a dot and the raw body, under the secret of the source.'),
  traceparent: z.string().optional().describe('W3C trace context; passed on.'),
})

const WEBHOOK_PROBLEMS: readonly ProblemCode[] = [
  'unsupported_media_type',
  'payload_too_large',
  'missing_signature',
  'stale_timestamp',
  'invalid_signature',
  'malformed_json',
  'invalid_event',
  'unknown_source',
  'event_id_conflict',
  'rate_limited',
  'unavailable',
]

const OPERATOR_PROBLEMS: readonly ProblemCode[] = ['unauthorized', 'forbidden', 'unavailable']

/** The API as OpenAPI 3.1, from the zod schemas that check the requests. */
export function openapiDocument() {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Buyer group refresh: ingest',
      version: '1.0.0',
      description: 'Takes signed changes of persons from data providers, and manual refreshes from operators.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    components: { securitySchemes: { apiToken: { type: 'http', scheme: 'bearer' } } },
    paths: {
      '/api/webhooks/person-change': {
        get: {
          operationId: 'describeWebhook',
          summary: 'What is accepted',
          responses: { 200: { description: 'Event types, sources, signature scheme, limits and links.' } },
        },
        post: webhook('receivePersonChange', 'A change of a person, from any configured source', {}),
      },
      '/api/webhooks/{source}': {
        post: webhook('receiveFromSource', 'The same for one source', {
          path: z.object({ source: z.string().describe('A configured source.') }),
        }),
      },
      '/api/refreshes': {
        post: {
          operationId: 'requestRefresh',
          summary: "Refresh a company's buyer group now",
          security: [{ apiToken: [] }],
          requestParams: {
            header: z.object({
              'idempotency-key': z.string().max(255).optional().describe('Makes repeats of this request one.'),
            }),
          },
          requestBody: { required: true, content: { 'application/json': { schema: refreshBodySchema } } },
          responses: {
            202: { description: 'Taken; Location is its status.', content: json(refreshAccepted) },
            ...problems([
              'malformed_json',
              'invalid_request',
              'payload_too_large',
              'unsupported_media_type',
              'idempotency_key_reused',
              ...OPERATOR_PROBLEMS,
            ]),
          },
        },
      },
      '/api/refreshes/{id}': { get: read('readRefresh', 'The status of a refresh', 'The id of a refresh.') },
      '/api/events/{id}': { get: read('readEvent', 'The journey of an event', 'source:id') },
      '/api/companies/{id}/buyer-group': {
        get: read('readBuyerGroup', "A company's current buyer group", 'The id of a company.'),
      },
      [NATIVE_EVENT_SCHEMA_PATH]: {
        get: {
          operationId: 'readEventSchema',
          summary: 'The JSON Schema of an event',
          responses: { 200: { description: 'JSON Schema 2020-12.' } },
        },
      },
    },
  })
}

/** The native event as JSON Schema 2020-12. */
export function jsonSchemaOfNativeEvent() {
  return {
    $id: 'urn:buyer-group:native-event',
    title: 'Native event',
    ...z.toJSONSchema(nativeEventSchema, { io: 'input' }),
  }
}

const json = (schema: z.ZodType) => ({ 'application/json': { schema } })

function webhook(
  operationId: string,
  summary: string,
  params: NonNullable<ZodOpenApiOperationObject['requestParams']>,
): ZodOpenApiOperationObject {
  return {
    operationId,
    summary,
    requestParams: { header: signatureHeaders, ...params },
    requestBody: { required: true, content: { 'application/json': { schema: nativeEvent } } },
    responses: {
      202: { description: 'The broker has it on every replica.', content: json(accepted) },
      200: { description: 'A repeat of an event that was taken before.', content: json(alreadyProcessed) },
      ...problems(WEBHOOK_PROBLEMS),
    },
  }
}

function read(operationId: string, summary: string, id: string): ZodOpenApiOperationObject {
  return {
    operationId,
    summary,
    security: [{ apiToken: [] }],
    requestParams: { path: z.object({ id: z.string().describe(id) }) },
    responses: { 200: { description: 'Found.' }, ...problems(['not_found', ...OPERATOR_PROBLEMS]) },
  }
}

/** One response a status, naming the codes it may carry. */
function problems(codes: readonly ProblemCode[]): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      {
        description: group.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
        content: { [PROBLEM_TYPE]: { schema: problemSchema } },
      },
    ]),
  )
}
