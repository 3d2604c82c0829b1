import { createHash, timingSafeEqual } from 'node:crypto'
import type { Answer } from '../answer.ts'
import { problem } from '../problems.ts'

/** The refusal of a call that needs the token, or undefined where the caller has it. */
export type CheckBearer = (authorization: string | undefined) => Answer | undefined

/** RFC 6750 bearer tokens, compared in constant time. Without a configured token nobody gets in: 403. */
export function createCheckBearer(token: string | undefined): CheckBearer {
  if (token === undefined) {
    return () => problem('forbidden', 'This call needs a bearer token and none is configured here (API_TOKEN).')
  }
  const expected = digest(token)
  return (authorization) => {
    const given = /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1]
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return undefined
    const challenge = given === undefined ? 'Bearer realm="api"' : 'Bearer realm="api", error="invalid_token"'
    return problem('unauthorized', 'Send the header "Authorization: Bearer ..." with the API token.', {
      headers: { 'www-authenticate': challenge },
    })
  }
}

/** Digests have one length, so the comparison tells nothing of the token's. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
