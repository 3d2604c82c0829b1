import { z } from 'zod'
import type { ZodOpenApiExampleObject, ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { PROBLEM_TYPE } from '../../answer.ts'
import { PROBLEMS, type ProblemCode, problem } from '../../problems.ts'
import type { Issue } from '../../rules/to-issues.ts'

const issue = z.object({
  path: z.array(z.union([z.string(), z.number()])),
  code: z.string(),
  message: z.string(),
})

export const problemSchema = z
  .looseObject({
    type: z.string().describe('Names the kind of problem.'),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]).describe('Stable: decide by this.'),
    detail: z.string().describe('What to do about it.'),
    issues: z.array(issue).optional().describe('With invalid_event and invalid_request: everything that is wrong.'),
    issuesOmitted: z.int().optional().describe('How many more issues there are than are listed.'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' })

const ISSUES: readonly Issue[] = [
  { path: ['person', 'name'], code: 'invalid_type', message: 'Invalid input: expected string, received undefined' },
  { path: ['timestamp'], code: 'custom', message: 'must not be more than 24 hours ahead' },
]

/** What the answers say, by an example each. */
const DETAILS: Readonly<Record<ProblemCode, string>> = {
  bad_request: 'The body ended early.',
  malformed_json: 'The body must be one JSON value in UTF-8 without a byte order mark.',
  invalid_event: 'The event has the issues listed.',
  unknown_source: 'The source of the event is not configured here.',
  invalid_request: 'The body has the issues listed.',
  missing_signature: 'Send the headers x-timestamp and x-signature.',
  stale_timestamp: 'x-timestamp must be milliseconds since the epoch, at most 5 minutes from now.',
  invalid_signature: 'x-signature must be the lower-case hex HMAC-SHA256 of x-timestamp, a dot and the raw body.',
  unauthorized: 'Send the header "Authorization: Bearer ..." with the API token.',
  forbidden: 'This call needs a bearer token and none is configured here (API_TOKEN).',
  not_found: 'There is nothing at this address. See /docs.',
  method_not_allowed: 'Use one of: GET, HEAD, OPTIONS.',
  request_timeout: 'The request was not read any further.',
  event_id_conflict: 'Send a changed event under a new id; a repeat must have the same body.',
  payload_too_large: 'The body may have at most 256 KiB.',
  unsupported_media_type: 'Send the body as application/json, in UTF-8.',
  idempotency_key_reused: 'Use a new Idempotency-Key for another company.',
  rate_limited: 'The source sends more events a second than are taken. Send the event again later, with the same id.',
  headers_too_large: 'The request was not read any further.',
  internal_error: 'The request failed here; send it again later.',
  unavailable: 'It was not taken for certain. Send it again, with the same ids.',
}

const MEMBERS: Partial<Record<ProblemCode, Record<string, unknown>>> = {
  invalid_event: { issues: ISSUES },
  invalid_request: {
    issues: [
      { path: ['companyId'], code: 'invalid_type', message: 'Invalid input: expected string, received undefined' },
    ],
  },
}

const RETRY_AFTER = {
  description: 'The seconds to wait before another try.',
  schema: { type: 'integer' as const },
  example: 2,
}

/** Headers that are the point of an answer, by status. */
const HEADERS: Readonly<Record<number, ZodOpenApiResponseObject['headers']>> = {
  405: { Allow: { description: 'The methods to use.', schema: { type: 'string' }, example: 'GET, HEAD, OPTIONS' } },
  429: { 'Retry-After': RETRY_AFTER },
  503: { 'Retry-After': RETRY_AFTER },
}

/** What any call may be answered with besides. */
const ANYWHERE: readonly ProblemCode[] = [
  'not_found',
  'method_not_allowed',
  'request_timeout',
  'headers_too_large',
  'internal_error',
]

/**
 * One response a status with an example of each of its codes, and the one for what any call may be answered with.
 * `details` says what differs from the examples that all share.
 */
export function problemResponses(
  codes: readonly ProblemCode[],
  details: Partial<Record<ProblemCode, string>> = {},
): ZodOpenApiResponsesObject {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status)
  const responses = [...byStatus].map(([status, group]) => [String(status), response(group, details, HEADERS[status])])
  return { ...Object.fromEntries(responses), default: { $ref: '#/components/responses/AnyCall' } }
}

/** The component that every call refers to. */
export const anyCallResponse = (): ZodOpenApiResponseObject => response(ANYWHERE, {})

function response(
  codes: readonly ProblemCode[],
  details: Partial<Record<ProblemCode, string>>,
  headers?: ZodOpenApiResponseObject['headers'],
): ZodOpenApiResponseObject {
  const examples = codes.map((code): [string, ZodOpenApiExampleObject] => {
    const { body } = problem(code, details[code] ?? DETAILS[code], { members: MEMBERS[code] ?? {} })
    return [code, { summary: PROBLEMS[code].title, value: JSON.parse(String(body)) }]
  })
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
    ...(headers === undefined ? {} : { headers }),
    content: { [PROBLEM_TYPE]: { schema: problemSchema, examples: Object.fromEntries(examples) } },
  }
}
