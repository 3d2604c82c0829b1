import { parseRetryAfter } from '@buyer-group/pipeline/retry/parse-retry-after.ts'
import { Agent, fetch, type Response } from 'undici'
import { readJson } from './read-json.ts'
import { judgeStatus } from './rules/judge-status.ts'
import { resolveOwn } from './rules/next-url.ts'
import { PeopleSourceError } from './rules/source-errors.ts'
import { toSourceError } from './to-source-error.ts'

/** What the provider answered; that it wants to be left alone, or to be asked elsewhere, is an answer too. */
export type PageAnswer =
  | { readonly kind: 'page'; readonly url: URL; readonly body: unknown; readonly link: string | null }
  | { readonly kind: 'none' }
  | { readonly kind: 'redirect'; readonly url: URL }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number | undefined }

export interface PageRequest {
  readonly url: URL
  readonly idempotencyKey: string
  readonly signal: AbortSignal
}

export interface PageRequester {
  /**
   * Sends one request for a page.
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
  readonly timeoutMs: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Node's own default, said here because it is a promise: an answer's headers never take more. */
const MAX_HEADER_BYTES = 16_384

export function createPageRequester(options: RequesterOptions): PageRequester {
  const { timeoutMs } = options
  const agent = new Agent({
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

  const read = async (response: Response, { url }: PageRequest): Promise<PageAnswer> => {
    const { status, headers } = response
    const retryAfterMs = parseRetryAfter(headers.get('retry-after'), options.now()) ?? undefined
    switch (judgeStatus(status)) {
      case 'page':
        return { kind: 'page', url, body: await readJson(response, options.maxBytes), link: headers.get('link') }
      case 'none':
        return { kind: 'none' }
      case 'throttled':
        return { kind: 'throttled', retryAfterMs }
      case 'redirect':
        return { kind: 'redirect', url: targetOf(response, url) }
      case 'failed':
        throw new PeopleSourceError('people_source_failed', `answered ${status}`, retryAfterMs)
      case 'unauthorized':
        throw new PeopleSourceError('people_source_unauthorized', `answered ${status}: ${TOKEN_HELP}`)
      case 'forbidden':
        throw new PeopleSourceError('people_source_forbidden', `answered ${status}: ${TOKEN_HELP}`)
      case 'rejected':
        throw new PeopleSourceError('people_source_rejected', `answered ${status}: ${REQUEST_HELP}`)
    }
  }

  return {
    request: async (page) => {
      try {
        const response = await send(page)
        try {
          return await read(response, page)
        } finally {
          // A body that is left unread keeps its connection; one that was read, or is broken, has none any more.
          await response.body?.cancel().catch(() => {})
        }
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

function targetOf({ headers }: Response, from: URL): URL {
  const location = headers.get('location')
  if (location === null) throw new PeopleSourceError('people_source_rejected', 'redirects to nowhere')
  return resolveOwn(location, from)
}

/** A header holds ASCII; keys may name companies in any script. */
const toHeaderValue = (key: string) => encodeURI(key.toWellFormed())
