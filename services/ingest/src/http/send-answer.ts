import type { ServerResponse } from 'node:http'
import type { Answer } from '../answer.ts'

/** Writes an answer. Does nothing where the caller has gone or was answered already. */
export function sendAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}
