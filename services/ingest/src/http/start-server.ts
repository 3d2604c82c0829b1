import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MAX_BODY_BYTES } from '../limits.ts'
import { answerClientError } from './answer-client-error.ts'
import { createDrain } from './drain-connections.ts'
import { announcesMoreThan } from './read-body.ts'

/** How long one connection may take for each part (milliseconds), so that slow senders hold no memory for long. */
export interface ConnectionLimits {
  readonly headersTimeoutMs: number
  /** Headers and body together. */
  readonly requestTimeoutMs: number
  /** How long a connection may be idle between two requests. */
  readonly keepAliveTimeoutMs: number
  /** How often connections are held against the first two: they are found that much late. Node's own default is 30 s. */
  readonly checkEveryMs: number
}

const CONNECTION_LIMITS: ConnectionLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  checkEveryMs: 1_000,
}

const MAX_HEADER_BYTES = 16 * 1024

export interface RunningServer {
  readonly port: number
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
  /** Those of production unless told. */
  readonly limits?: ConnectionLimits | undefined
}

/**
 * Serves HTTP.
 * @throws the listen error (EADDRINUSE) when the port is taken.
 */
export async function startServer(
  listener: RequestListener,
  { port, host, drainDelayMs, limits = CONNECTION_LIMITS }: ServerOptions,
): Promise<RunningServer> {
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    noDelay: true,
  })
  const drain = createDrain(server, drainDelayMs)
  const serve = drain.serve(listener)
  server.on('request', serve)
  server.on('checkContinue', (request, response) => {
    // Whoever asks before sending a body that is too large is told no, and may not use the connection for another.
    if (announcesMoreThan(MAX_BODY_BYTES, request)) response.setHeader('connection', 'close')
    else if (request.socket.writable) response.writeContinue()
    serve(request, response)
  })
  server.on('clientError', answerClientError)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return { port: (server.address() as AddressInfo).port, close: drain.close }
}
