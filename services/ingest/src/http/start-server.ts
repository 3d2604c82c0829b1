import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import type { Answer } from '../answer.ts'
import { MAX_BODY_BYTES } from '../limits.ts'
import type { ConnectionLimits } from './connection-limits.ts'
import { createLimitedServer, type ServerMetrics } from './create-limited-server.ts'
import { createDrain } from './drain-connections.ts'
import { announcesMoreThan } from './read-body.ts'
import type { RefuseUnread } from './refuse-unread.ts'
import { isParting, sendAnswer } from './send-answer.ts'

export interface RunningServer {
  readonly port: number
  /** Open connections. */
  countConnections(): Promise<number>
  /** Drains: goes on for a while, then accepts nothing more, and parts from every connection without a reset. */
  close(): Promise<void>
}

export interface ServerOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** Every address where there is none. */
  readonly host?: string | undefined
  /** How long a closing server goes on accepting, in milliseconds. */
  readonly drainDelayMs: number
  readonly limits: ConnectionLimits
  readonly refuseUnread: RefuseUnread
  readonly metrics: ServerMetrics
}

/**
 * Serves HTTP.
 * @throws the listen error (EADDRINUSE) when the port is taken.
 */
export async function startServer(
  listener: RequestListener,
  { port, host, drainDelayMs, limits, refuseUnread, metrics }: ServerOptions,
): Promise<RunningServer> {
  const server = createLimitedServer(limits, metrics)
  const drain = createDrain(server, drainDelayMs)
  const serve = drain.serve(listener)
  const refuse = (refusal: Answer) => drain.serve((_request, response) => sendAnswer(response, refusal))
  server.on('request', (request, response) => {
    if (isParting(request.socket)) return
    const refusal = refuseUnread(request)
    if (refusal === undefined) serve(request, response)
    else refuse(refusal)(request, response)
  })
  // Whoever asks before sending a body may be told no, and then may not use the connection for another request: nobody
  // knows whether the body still comes.
  server.on('checkContinue', (request, response) => {
    if (isParting(request.socket)) return
    const refusal = refuseUnread(request)
    if (refusal !== undefined) {
      refuse({ ...refusal, headers: { ...refusal.headers, connection: 'close' } })(request, response)
      return
    }
    if (announcesMoreThan(MAX_BODY_BYTES, request)) response.setHeader('connection', 'close')
    else if (request.socket.writable) response.writeContinue()
    serve(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, backlog: limits.maxConnections, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const countConnections = promisify(server.getConnections).bind(server)
  return {
    port: (server.address() as AddressInfo).port,
    countConnections: () => countConnections(),
    close: drain.close,
  }
}
