import type { KeyObject } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** How far a signed time may lie from the server's clock, in either direction (the replay window): 5 minutes. */
export const TIMESTAMP_TOLERANCE_MS = 5 * 60 * 1_000

/** One secret of a source. Compared by identity: equal texts of one scheme are one `Secret`. */
export interface Secret {
  readonly key: KeyObject
  /** When it becomes valid and when it ends to be, in milliseconds since the epoch; always where not given. */
  readonly notBefore?: number
  readonly notAfter?: number
}

/** What a scheme may look at: nothing of it is parsed. */
export interface SignedRequest {
  readonly method: string
  /** The request's target as it was sent: path and query. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** The raw bytes of the body. */
  readonly body: Buffer
}

export type SignatureFault = 'missing_signature' | 'stale_timestamp' | 'invalid_signature'

export type SignatureResult =
  | {
      readonly ok: true
      /** Which of the secrets signed. */
      readonly secrets: readonly Secret[]
      /** The delivery's id where the signature covers it: only such an id may tell repeats. */
      readonly signedId?: string
    }
  | { readonly ok: false; readonly code: SignatureFault }

/** A delivery that is to be signed: what a provider would send. */
export interface UnsignedRequest {
  readonly method: string
  /** Where it goes; without the secret where that is part of the path. */
  readonly url: URL
  readonly body: Buffer
  /** The delivery's id, sent where the scheme signs one. */
  readonly id: string
}

/** What signing adds to a delivery. */
export interface SignedDelivery {
  readonly url: URL
  /** By name in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string>>
}

/** How a provider proves that a request is its own. One value a kind, with its options bound; pure. */
export interface Scheme {
  /** As it is called in `sources.json` and shown to callers. */
  readonly name: string
  /** What to send, by what is wrong; quotes nothing of a request. */
  readonly help: Readonly<Record<SignatureFault, string>>
  /**
   * The key that a secret's text stands for.
   * @throws Error that says what such a text looks like, without quoting it.
   */
  toKey(secret: string): KeyObject
  /**
   * Tries every secret, whichever matches, and compares in constant time. Checked in the order of the contract: missing,
   * stale, invalid. A header that came twice is neither a time nor a signature. `now` is in milliseconds. Never throws.
   */
  verify(request: SignedRequest, secrets: readonly Secret[], now: number): SignatureResult
  /**
   * Signs as the provider does, for test deliveries. `now` is in milliseconds.
   * @throws Error that says what a secret that signs looks like, without quoting it.
   */
  sign(request: UnsignedRequest, secret: string, now: number): SignedDelivery
  /** Whether the secret is the last part of the path, behind the source's name. */
  readonly takesSecretFromPath?: boolean
  /**
   * For a provider that asks by GET whether the address is ours: the JSON to answer, or undefined where the question is
   * none. `target` is the request's.
   */
  answerChallenge?(target: string, secrets: readonly Secret[]): Readonly<Record<string, string>> | undefined
}

/** Those that are valid at `now` (milliseconds). The list itself where that is all of them, which is cheap to find out. */
export function secretsAt(secrets: readonly Secret[], now: number): readonly Secret[] {
  return secrets.every((secret) => isValidAt(secret, now))
    ? secrets
    : secrets.filter((secret) => isValidAt(secret, now))
}

function isValidAt({ notBefore, notAfter }: Secret, now: number): boolean {
  return (notBefore === undefined || now >= notBefore) && (notAfter === undefined || now < notAfter)
}

/** A header that came once, or twice: then Node has joined it with a comma, or gives a list. */
export function oneHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}
