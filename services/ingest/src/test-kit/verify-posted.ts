import type { IncomingHttpHeaders } from 'node:http'
import { createScheme, schemeConfigSchema } from '../schemes/create-scheme.ts'
import type { Scheme, SignatureResult } from '../schemes/scheme.ts'

export interface Posted {
  readonly headers?: IncomingHttpHeaders
  readonly body?: string
  readonly target?: string
  /** The active secrets, one or several. */
  readonly secrets: string | readonly string[]
  /** Milliseconds. */
  readonly now: number
}

/** The scheme of a configuration as it stands in `sources.json`. */
export const schemeOf = (config: unknown): Scheme => createScheme(schemeConfigSchema.parse(config))

/** What a scheme says to a POST; the secrets that signed are named by their places. */
export function verifyPosted(scheme: Scheme, posted: Posted): Exclude<SignatureResult, { ok: true }> | Taken {
  const { headers = {}, body = '', target = '/', secrets, now } = posted
  const active = [secrets].flat().map((text) => ({ key: scheme.toKey(text) }))
  const result = scheme.verify({ method: 'POST', target, headers, body: Buffer.from(body) }, active, now)
  return result.ok ? { ...result, secrets: result.secrets.map((secret) => active.indexOf(secret)) } : result
}

interface Taken {
  readonly ok: true
  readonly secrets: readonly number[]
  readonly signedId?: string
}
