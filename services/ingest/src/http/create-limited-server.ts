import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { IngestMetrics } from '../metrics.ts'
import { answerClientError } from './answer-client-error.ts'
import { type ConnectionLimits, MAX_HEADER_BYTES, MAX_HEADERS } from './connection-limits.ts'

export type ServerMetrics = Pick<IngestMetrics, 'connectionsDropped' | 'unreadRequests'>

/**
 * A server, not listening yet, on which nothing that a sender may take is left to Node's defaults or to the flags that
 * the process was started with (docs/operations/overload.md). What it cannot read is answered and counted.
 */
export function createLimitedServer(limits: ConnectionLimits, metrics: ServerMetrics): Server {
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    insecureHTTPParser: false,
    // A header that comes twice is never what it would be alone: Node would take the first of some and leave out the rest.
    joinDuplicateHeaders: true,
    // Node's own answer would be no problem: see refuse-unread.ts.
    requireHostHeader: false,
    noDelay: true,
  })
  server.maxConnections = limits.maxConnections
  // Node leaves further headers out without a word: one more than is taken tells that there were too many.
  server.maxHeadersCount = MAX_HEADERS + 1
  // Each request is limited by itself, and to close a connection now and then would only cost another one.
  server.maxRequestsPerSocket = 0
  server.setTimeout(limits.silenceTimeoutMs)
  server.on('drop', () => metrics.connectionsDropped.inc())
  const latest = new WeakMap<Duplex, ServerResponse>()
  for (const event of ['request', 'checkContinue']) {
    server.on(event, (request, response) => latest.set(request.socket, response))
  }
  server.on('clientError', (error, socket) => {
    const reason = answerClientError(error, socket, latest.get(socket))
    if (reason !== undefined) metrics.unreadRequests.inc({ reason })
  })
  return server
}
