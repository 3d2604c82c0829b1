import { z } from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi'
import type { ProblemCode } from '../../problems.ts'
import { refreshBodySchema } from '../../rules/refresh-body.ts'
import { problemResponses } from './problem-responses.ts'
import {
  buyerGroupSchema,
  EXAMPLE_BUYER_GROUP,
  EXAMPLE_JOURNEY,
  EXAMPLE_REFRESH,
  journeySchema,
  refreshSchema,
} from './recorded-state.ts'

const NEEDS_TOKEN: readonly ProblemCode[] = ['unauthorized', 'forbidden']

const SECURITY = [{ apiToken: [] }]

/** The calls that need the bearer token. */
export function operatorPaths(): ZodOpenApiPathsObject {
  return {
    '/api/refreshes': { post: requestRefresh() },
    '/api/refreshes/{id}': {
      get: read({
        operationId: 'readRefresh',
        summary: 'The status of a refresh',
        id: { description: 'The id of a refresh.', example: EXAMPLE_REFRESH.id },
        schema: refreshSchema,
        example: EXAMPLE_REFRESH,
        notFound: 'No refresh is recorded under this id yet; one just asked for takes a moment.',
      }),
    },
    '/api/events/{id}': {
      get: read({
        operationId: 'readEvent',
        summary: 'The journey of an event',
        id: { description: 'The source and the id of the event: source:id.', example: EXAMPLE_JOURNEY.id },
        schema: journeySchema,
        example: EXAMPLE_JOURNEY,
        notFound: 'No event is recorded under this id (source:id) yet; one just sent takes a moment.',
      }),
    },
    '/api/companies/{id}/buyer-group': {
      get: read({
        operationId: 'readBuyerGroup',
        summary: "A company's current buyer group",
        id: { description: 'The id of a company, with the prefix of its source.', example: 'acme' },
        schema: buyerGroupSchema,
        example: EXAMPLE_BUYER_GROUP,
        notFound: 'This company has no buyer group yet.',
      }),
    },
  }
}

function requestRefresh(): ZodOpenApiOperationObject {
  return {
    operationId: 'requestRefresh',
    tags: ['Operators'],
    summary: "Refresh a company's buyer group now",
    description: 'With high priority, and not held back by the refresh window: it opens a new one.',
    security: SECURITY,
    requestParams: {
      header: z.object({
        'idempotency-key': z
          .string()
          .min(1)
          .max(255)
          .optional()
          .meta({ description: 'Makes repeats of this request one.', example: 'quarterly-review-acme' }),
      }),
    },
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: refreshBodySchema, example: { companyId: 'acme', companyName: 'Acme Inc' } },
      },
    },
    responses: {
      202: {
        description: 'Taken.',
        headers: {
          Location: {
            description: 'Where its status is.',
            schema: { type: 'string' },
            example: `/api/refreshes/${EXAMPLE_REFRESH.id}`,
          },
        },
        content: {
          'application/json': {
            schema: z.object({ status: z.literal('accepted'), id: z.string() }),
            example: { status: 'accepted', id: EXAMPLE_REFRESH.id },
          },
        },
      },
      ...problemResponses(
        [
          'malformed_json',
          'invalid_request',
          'bad_request',
          'payload_too_large',
          'unsupported_media_type',
          'idempotency_key_reused',
          ...NEEDS_TOKEN,
          'unavailable',
        ],
        { unavailable: 'The refresh was not taken for certain. Send the request again.' },
      ),
    },
  }
}

interface Read {
  readonly operationId: string
  readonly summary: string
  readonly id: { readonly description: string; readonly example: string }
  readonly schema: z.ZodType
  readonly example: unknown
  readonly notFound: string
}

function read({ operationId, summary, id, schema, example, notFound }: Read): ZodOpenApiOperationObject {
  return {
    operationId,
    tags: ['Operators'],
    summary,
    security: SECURITY,
    requestParams: { path: z.object({ id: z.string().meta(id) }) },
    responses: {
      200: { description: 'Found.', content: { 'application/json': { schema, example } } },
      ...problemResponses([...NEEDS_TOKEN, 'not_found', 'unavailable'], {
        not_found: notFound,
        unavailable: 'The database does not answer.',
      }),
    },
  }
}
