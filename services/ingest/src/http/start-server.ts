import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
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
  const serve = drain.serve((request, response) => {
    const refusal = refuseUnread(request)
    if (refusal === undefined) listener(request, response)
    else sendAnswer(response, refusal)
  })
  server.on('request', (request, response) => {
    if (!isParting(request.socket)) serve(request, response)
  })
  server.on('checkContinue', (request, response) => {
    if (isParting(request.socket)) return
    // Whoever asks before sending a body that is too large is told no, and may not use the connection for another.
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
