import type { KeyObject } from 'node:crypto'
import { DelegateBackoff, ExponentialBackoff, handleType, type IRetryBackoffContext, retry } from 'cockatiel'
import { Pool } from 'undici'
import { signatureOf } from '../schemes/native.ts'

/** The last word on one event. */
export type PostOutcome =
  | { readonly kind: 'accepted' | 'repeated'; readonly latencyMs: number }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'failed'; readonly code: string }

export interface EventPoster {
  /** Posts one body until it is taken or refused for good, or the attempts are used up. Never throws. */
  post(body: string): Promise<PostOutcome>
  close(): Promise<void>
}

export interface EventPosterOptions {
  readonly url: URL
  readonly key: KeyObject
  readonly connections: number
  readonly maxAttempts: number
  /** Called for each attempt with its status, or the error's code where there was no answer. */
  onAttempt(answer: number | string): void
  readonly signal?: AbortSignal | undefined
}

const REQUEST_TIMEOUT_MS = 30_000
const FIRST_BACKOFF_MS = 100
const LONGEST_BACKOFF_MS = 10_000

/** An answer, or none, that another attempt may cure. */
class NotTaken extends Error {
  readonly code: string
  readonly retryAfterMs: number

  constructor(code: string, retryAfterMs: number) {
    super(code)
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Posts events as a provider does: signs each attempt afresh with the same id and body, and tries again on 429, 503 and
 * connection errors, with exponential backoff and jitter but never before `Retry-After`.
 */
export function createEventPoster(options: EventPosterOptions): EventPoster {
  const { url, key, onAttempt } = options
  const pool = new Pool(url.origin, {
    connections: options.connections,
    headersTimeout: REQUEST_TIMEOUT_MS,
    bodyTimeout: REQUEST_TIMEOUT_MS,
  })
  const untilTaken = retry(handleType(NotTaken), {
    maxAttempts: options.maxAttempts - 1,
    backoff: backoffOfProvider(),
  })

  const attempt = async (bytes: Buffer): Promise<PostOutcome> => {
    const start = performance.now()
    const { statusCode, headers, text } = await send(bytes)
    onAttempt(statusCode)
    if (statusCode === 202) return { kind: 'accepted', latencyMs: performance.now() - start }
    if (statusCode === 200) return { kind: 'repeated', latencyMs: performance.now() - start }
    const code = problemCode(text) ?? `status_${statusCode}`
    if (statusCode === 429 || statusCode >= 500) throw new NotTaken(code, retryAfterMs(headers['retry-after']))
    return { kind: 'refused', code }
  }

  const send = async (bytes: Buffer) => {
    try {
      const timestamp = String(Date.now())
      const { statusCode, headers, body } = await pool.request({
        path: url.pathname + url.search,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-timestamp': timestamp,
          'x-signature': signatureOf(timestamp, bytes, key),
        },
        body: bytes,
      })
      return { statusCode, headers, text: await body.text() }
    } catch (error) {
      const code = String((error as { code?: unknown }).code ?? 'no_answer')
      onAttempt(code)
      throw new NotTaken(code, 0)
    }
  }

  return {
    post: async (body) => {
      const bytes = Buffer.from(body, 'utf8')
      try {
        return await untilTaken.execute(() => attempt(bytes), options.signal)
      } catch (error) {
        return { kind: 'failed', code: error instanceof NotTaken ? error.code : 'stopped' }
      }
    },
    close: () => pool.close(),
  }
}

/** Exponential with jitter, and at least what the server asked for. */
function backoffOfProvider() {
  const exponential = new ExponentialBackoff<IRetryBackoffContext<unknown>>({
    initialDelay: FIRST_BACKOFF_MS,
    maxDelay: LONGEST_BACKOFF_MS,
  })
  return new DelegateBackoff<IRetryBackoffContext<unknown>, ReturnType<typeof exponential.next>>((context, state) => {
    const next = (state ?? exponential).next(context)
    const asked =
      'error' in context.result && context.result.error instanceof NotTaken ? context.result.error.retryAfterMs : 0
    return { delay: Math.max(next.duration, asked), state: next }
  })
}

function problemCode(text: string): string | undefined {
  try {
    const { code } = JSON.parse(text) as { code?: unknown }
    return typeof code === 'string' ? code : undefined
  } catch {
    return undefined
  }
}

function retryAfterMs(header: string | string[] | undefined): number {
  return typeof header === 'string' && /^\d{1,4}$/.test(header) ? Number(header) * 1_000 : 0
}
