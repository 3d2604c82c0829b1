import { type Answer, PROBLEM_TYPE } from './answer.ts'

/** Every error ingest answers with: its stable code, HTTP status, and title. */
export const PROBLEMS = {
  bad_request: { status: 400, title: 'The request is not valid HTTP' },
  malformed_json: { status: 400, title: 'The body is not JSON in UTF-8' },
  invalid_event: { status: 400, title: 'The event is not valid' },
  unknown_source: { status: 400, title: 'The source is not known here' },
  invalid_request: { status: 400, title: 'The request is not valid' },
  missing_signature: { status: 401, title: 'The request is not signed' },
  stale_timestamp: { status: 401, title: 'The timestamp is outside the replay window' },
  invalid_signature: { status: 401, title: 'The signature does not match' },
  unauthorized: { status: 401, title: 'A valid bearer token is needed' },
  forbidden: { status: 403, title: 'This call is not enabled' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  event_id_conflict: { status: 409, title: 'The event id was seen with another body' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The media type is not supported' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used for another request' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal_error: { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof PROBLEMS

export interface ProblemOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Further members of the problem object. */
  readonly members?: Readonly<Record<string, unknown>>
}

/** The URI of a kind of problem: a name, not an address. */
export const problemType = (code: ProblemCode) => `urn:buyer-group:problem:${code}`

/** An RFC 9457 problem. `detail` says what to do and quotes nothing of the request. */
export function problem(code: ProblemCode, detail: string, options: ProblemOptions = {}): Answer {
  const { status, title } = PROBLEMS[code]
  return {
    status,
    headers: { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store', ...options.headers },
    body: JSON.stringify({ type: problemType(code), title, status, code, detail, ...options.members }),
    reason: code,
  }
}
