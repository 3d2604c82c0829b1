import { parseRetryAfter } from '@buyer-group/pipeline/retry/parse-retry-after.ts'
import { Agent, fetch, type Response } from 'undici'
import { readJson } from './read-json.ts'
import { judgeStatus } from './rules/judge-status.ts'
import { resolveOwn } from './rules/next-url.ts'
import { PeopleSourceError } from './rules/source-errors.ts'
import { toSourceError } from './to-source-error.ts'

/** What the provider answered; that it wants to be left alone is an answer too. */
export type PageAnswer =
  | { readonly kind: 'page'; readonly url: URL; readonly body: unknown; readonly link: string | null }
  | { readonly kind: 'none' }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number | null }

export interface PageRequest {
  readonly url: URL
  readonly idempotencyKey: string
  readonly signal: AbortSignal
}

export interface PageRequester {
  /**
   * Asks for one page, once.
   * @throws PeopleSourceError; the signal's reason where that was aborted.
   */
  request(page: PageRequest): Promise<PageAnswer>
  /** Closes all connections, those in use too. */
  close(): Promise<void>
}

export interface RequesterOptions {
  /** Sent with every request, to the configured origin alone: the token among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly maxBytes: number
  /** Connections at once. */
  readonly connections: number
  readonly timeoutMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** More hops are a loop, or a provider to be asked at another address. */
const MAX_REDIRECTS = 3

/** Node's own default, said here because it is a promise: an answer's headers never take more. */
const MAX_HEADER_BYTES = 16_384

export function createPageRequester(options: RequesterOptions): PageRequester {
  const { timeoutMs, connections } = options
  const agent = new Agent({
    connections,
    allowH2: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  const send = ({ url, idempotencyKey, signal }: PageRequest) =>
    fetch(url, {
      dispatcher: agent,
      signal,
      redirect: 'manual',
      headers: {
        ...options.headers,
        accept: 'application/json',
        'user-agent': 'buyer-group-refresher',
        'idempotency-key': toHeaderValue(idempotencyKey),
      },
    })

  const follow = async (page: PageRequest, hops: number): Promise<PageAnswer> => {
    const response = await send(page)
    const meaning = judgeStatus(response.status)
    if (meaning === 'page') {
      const body = await readJson(response, options.maxBytes)
      return { kind: 'page', url: page.url, body, link: response.headers.get('link') }
    }
    await response.body?.cancel()
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), options.now())
    switch (meaning) {
      case 'none':
        return { kind: 'none' }
      case 'throttled':
        return { kind: 'throttled', retryAfterMs }
      case 'redirect':
        return follow({ ...page, url: targetOf(response, page.url, hops) }, hops + 1)
      case 'away':
        throw new PeopleSourceError(
          'people_source_unavailable',
          `answered ${response.status}`,
          retryAfterMs === null ? undefined : retryAfterMs,
        )
      case 'unauthorized':
        throw new PeopleSourceError('people_source_unauthorized', `answered ${response.status}: ${TOKEN_HELP}`)
      case 'rejected':
        throw new PeopleSourceError('people_source_rejected', `answered ${response.status}: ${REQUEST_HELP}`)
    }
  }

  return {
    request: async (page) => {
      try {
        return await follow(page, 0)
      } catch (error) {
        page.signal.throwIfAborted()
        throw toSourceError(error)
      }
    },
    close: () => agent.destroy(),
  }
}

const TOKEN_HELP = 'check PEOPLE_SOURCE_TOKEN and what it is allowed'
const REQUEST_HELP = 'check the request in PEOPLE_SOURCE_MAPPING'

function targetOf({ headers }: Response, from: URL, hops: number): URL {
  const location = headers.get('location')
  if (location === null || hops >= MAX_REDIRECTS) {
    throw new PeopleSourceError('people_source_rejected', `redirects more than ${MAX_REDIRECTS} times, or to nowhere`)
  }
  return resolveOwn(location, from)
}

/** A header holds ASCII; keys may name companies in any script. */
const toHeaderValue = (key: string) => encodeURI(key.toWellFormed())
