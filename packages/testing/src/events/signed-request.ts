import { createHmac } from 'node:crypto'

/** The headers of the native signature scheme for a body, as a provider computes them. `at` is in milliseconds. */
export function signedHeaders(body: string | Buffer, secret: string, at: number = Date.now()): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${at}.`).update(body).digest('hex')
  return { 'content-type': 'application/json', 'x-timestamp': String(at), 'x-signature': signature }
}

/** Posts an event to the native endpoint under `baseUrl`, signed; `signal` gives up on the answer. */
export function postEvent(
  baseUrl: string,
  event: unknown,
  secret: string,
  at?: number,
  signal: AbortSignal | null = null,
): Promise<Response> {
  const body = typeof event === 'string' ? event : JSON.stringify(event)
  return fetch(`${baseUrl}/api/webhooks/person-change`, {
    method: 'POST',
    headers: signedHeaders(body, secret, at),
    body,
    signal,
  })
}
