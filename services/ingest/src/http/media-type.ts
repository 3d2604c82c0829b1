import type { IncomingHttpHeaders } from 'node:http'
import type { ProblemCode } from '../problems.ts'
import type { Body } from './read-body.ts'

/** Why a request's headers do not announce plain JSON, in words for the caller; undefined if they do. */
export function explainMediaType(headers: IncomingHttpHeaders): string | undefined {
  if (!JSON_MEDIA_TYPE.test(headers['content-type'] ?? '')) {
    return 'Send the body as application/json, in UTF-8.'
  }
  const { 'content-encoding': content, 'transfer-encoding': transfer } = headers
  const isPlain =
    (content === undefined || /^\s*identity\s*$/i.test(content)) &&
    (transfer === undefined || /^\s*chunked\s*$/i.test(transfer))
  return isPlain ? undefined : 'Send the body without compression.'
}

/** The problem of a body that could not be read whole. */
export function explainBody(
  body: Exclude<Body, { kind: 'complete' }>,
): [ProblemCode, string, { headers: Record<string, string> }] {
  switch (body.kind) {
    case 'too_large':
      return ['payload_too_large', 'The body may have at most 256 KiB.', CLOSE]
    case 'aborted':
      return ['bad_request', 'The body ended early.', CLOSE]
  }
}

const CLOSE = { headers: { connection: 'close' } }

// Before every run of blanks stands something that is none, so that no text is tried in more than one way.
const JSON_MEDIA_TYPE = /^\s*application\/json(?:\s*;\s*charset\s*=\s*"?utf-8"?)?(?:\s*;)?\s*$/i
