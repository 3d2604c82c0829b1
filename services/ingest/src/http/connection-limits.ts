import type { IngestConfig } from '../config.ts'

/** What one connection may take, so that neither slow senders nor many of them hold memory for long. Times in milliseconds. */
export interface ConnectionLimits {
  /** Further connections are closed as soon as they are made. Each may hold one body that is not verified yet. */
  readonly maxConnections: number
  /** From the beginning of a connection, or of a request, to the end of the request's headers. */
  readonly headersTimeoutMs: number
  /** Headers and body together. */
  readonly requestTimeoutMs: number
  /** How often connections are held against the first two: they are found that much late. Node's own default is 30 s. */
  readonly checkEveryMs: number
  /** How long a connection may be idle between two requests. */
  readonly keepAliveTimeoutMs: number
  /** How long nothing may move on a connection during a request: an answer, for example, that its sender does not read. */
  readonly silenceTimeoutMs: number
}

/** The most headers of one request, and their most bytes together: providers send some ten, and proxies add as many. */
export const MAX_HEADERS = 100
export const MAX_HEADER_BYTES = 16 * 1024

/** An answer's connection is silent while it waits for the broker, so that it must outlast that. */
const SILENCE_AFTER_PUBLISH_MS = 20_000

export function connectionLimits(
  config: Pick<IngestConfig, 'MAX_CONNECTIONS' | 'KEEP_ALIVE_TIMEOUT' | 'PUBLISH_TIMEOUT'>,
): ConnectionLimits {
  return {
    maxConnections: config.MAX_CONNECTIONS,
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 30_000,
    checkEveryMs: 1_000,
    keepAliveTimeoutMs: config.KEEP_ALIVE_TIMEOUT,
    silenceTimeoutMs: config.PUBLISH_TIMEOUT + SILENCE_AFTER_PUBLISH_MS,
  }
}
