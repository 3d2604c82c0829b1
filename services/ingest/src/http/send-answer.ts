import type { ServerResponse } from 'node:http'
import type { Answer } from '../answer.ts'
import { drainRequest } from './drain-request.ts'

/**
 * Writes an answer. Does nothing where the caller has gone or was answered already. An answer that closes the
 * connection is written at once, but the connection stays open until the sender had the chance to read it.
 */
export function sendAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  })
  if (headers.connection !== 'close') {
    response.end(body)
    return
  }
  response.write(body)
  void drainRequest(response.req).then(() => response.end())
}
