import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Answer } from '../answer.ts'
import { drainRequest } from './drain-request.ts'

const parting = new WeakSet<Socket>()

/**
 * Whether an answer on this connection said that it is the last one: what was sent behind that request is not to be
 * processed (RFC 9112, 9.6), although Node reads it.
 */
export function isParting(socket: Socket): boolean {
  return parting.has(socket)
}

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
  parting.add(response.req.socket)
  response.write(body)
  void drainRequest(response.req).then(() => response.end())
}
