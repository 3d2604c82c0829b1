import type { ProblemCode } from '../../problems.ts'
import type { Scheme } from '../../schemes/scheme.ts'

/**
 * The secret under which the examples are signed. Also a valid one of Standard Webhooks ("only an example of a secret" in
 * base64), and long enough to be sent as it is.
 */
export const EXAMPLE_SECRET = 'whsec_b25seSBhbiBleGFtcGxlIG9mIGEgc2VjcmV0'

/** When the examples are signed: 2026-01-15T09:30:00Z. */
export const EXAMPLE_TIME = Date.UTC(2026, 0, 15, 9, 30)

/** Where this server is reached, in examples. */
const EXAMPLE_ORIGIN = 'https://ingest.example.com'

export interface SchemeParameter {
  readonly in: 'header' | 'path'
  readonly name: string
  readonly description: string
  readonly example: string
}

export interface SchemeDescription {
  /** What a request carries besides its body. */
  readonly parameters: readonly SchemeParameter[]
  /** The header with the signature; undefined where the path holds the secret. */
  readonly signatureHeader: string | undefined
  /** What a signature is made of, in words. */
  readonly explained: string
  /** The problems that the signature can have. */
  readonly problems: readonly ProblemCode[]
}

/**
 * What a signature scheme asks for, found out by signing `body` for `path` with it: the headers are those that it adds,
 * the signature is what another secret changes, a time is what another time changes.
 */
export function describeScheme(scheme: Scheme, path: string, body: string): SchemeDescription {
  const request = { method: 'POST', url: new URL(path, EXAMPLE_ORIGIN), body: Buffer.from(body), id: 'msg_1' }
  const signed = scheme.sign(request, EXAMPLE_SECRET, EXAMPLE_TIME)
  const underAnotherSecret = scheme.sign(request, EXAMPLE_SECRET.replace('b25', 'b26'), EXAMPLE_TIME)
  const later = scheme.sign(request, EXAMPLE_SECRET, EXAMPLE_TIME + 60_000)

  const names = Object.keys(signed.headers)
  const isSignature = (name: string) => signed.headers[name] !== underAnotherSecret.headers[name]
  const isTimed = (name: string) => signed.headers[name] !== later.headers[name]
  const { missing_signature, invalid_signature, stale_timestamp } = scheme.help
  const explain = (name: string) => {
    if (isSignature(name)) return invalid_signature
    return isTimed(name) ? stale_timestamp : 'The id of the delivery, the same when it is sent again.'
  }

  const headers = names.map((name) => ({
    in: 'header' as const,
    name,
    description: explain(name),
    example: signed.headers[name] ?? '',
  }))
  const secret = { in: 'path' as const, name: 'secret', description: invalid_signature, example: EXAMPLE_SECRET }
  return {
    parameters: scheme.takesSecretFromPath === true ? [...headers, secret] : headers,
    signatureHeader: names.find(isSignature),
    explained: [missing_signature, invalid_signature, ...(names.some(isTimed) ? [stale_timestamp] : [])].join(' '),
    problems: [
      'missing_signature',
      ...(names.some(isTimed) ? (['stale_timestamp'] as const) : []),
      'invalid_signature',
    ],
  }
}
