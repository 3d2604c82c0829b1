import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MAX_BODY_BYTES } from '../limits.ts'
import { answerClientError } from './answer-client-error.ts'
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

/** How often a closing server looks for connections that have answered their last request (milliseconds). */
const SWEEP_EVERY_MS = 50
/** How long a closing server lets a request finish (milliseconds): longer than one waits for the broker. */
const CLOSE_GRACE_MS = 15_000
const MAX_HEADER_BYTES = 16 * 1024

export interface RunningServer {
  readonly port: number
  /** Accepts nothing more, lets what is in flight finish, closes idle connections. Resolves when all are closed. */
  close(): Promise<void>
}

/**
 * Serves on `port` (0 takes a free one).
 * @throws the listen error (EADDRINUSE) when the port is taken.
 */
export async function startServer(
  listener: RequestListener,
  port: number,
  host: string | undefined,
  limits: ConnectionLimits = CONNECTION_LIMITS,
): Promise<RunningServer> {
  let closing = false
  const serve: RequestListener = (request, response) => {
    if (closing) response.setHeader('connection', 'close')
    listener(request, response)
  }
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      noDelay: true,
    },
    serve,
  )
  server.on('checkContinue', (request, response) => {
    // Whoever asks before sending a body that is too large is told no, and may not use the connection for another.
    if (announcesMoreThan(MAX_BODY_BYTES, request)) response.setHeader('connection', 'close')
    else response.writeContinue()
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
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      closing = true
      // Looking now and then while closing is cheaper than listening to the end of every response until then.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS)
      const giveUp = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
      return new Promise((resolve) => {
        server.close(() => {
          clearInterval(sweep)
          clearTimeout(giveUp)
          resolve()
        })
      })
    },
  }
}
