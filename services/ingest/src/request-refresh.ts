import { createHash, randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import type { RefreshRequest } from '@buyer-group/shared/messages/messages.ts'
import { LRUCache } from 'lru-cache'
import { type Answer, json } from './answer.ts'
import { explainBody, explainMediaType } from './http/media-type.ts'
import type { Body } from './http/read-body.ts'
import { MAX_BODY_BYTES } from './limits.ts'
import type { IngestMetrics } from './metrics.ts'
import { passOrMakeTraceparent } from './pass-or-make-traceparent.ts'
import { problem } from './problems.ts'
import type { PublishEach } from './publishing/publish-each.ts'
import { withinTime } from './publishing/within-time.ts'
import { parseJson } from './rules/parse-json.ts'
import { refreshBodySchema } from './rules/refresh-body.ts'
import { toIssues } from './rules/to-issues.ts'

export interface RequestRefreshOptions {
  now(): number
  isClockOff(): boolean
  /** @throws AppError where the message cannot be encoded, or not yet. */
  toMessage(request: RefreshRequest, traceparent: string): OutgoingMessage
  readonly publishEach: PublishEach
  readonly timeoutMs: number
  readonly metrics: Pick<IngestMetrics, 'refreshRequests'>
}

export interface RefreshHttpRequest {
  readonly headers: IncomingHttpHeaders
  readBody(maxBytes: number): Promise<Body>
}

/** All holders of the one API token are one caller. */
const CALLER = 'api'

const MAX_KEY_LENGTH = 255

/** How many idempotency keys this process remembers; beyond it the detector still makes repeats one. */
const MAX_RECENT_KEYS = 10_000

/**
 * The way of one manual refresh (system.md, "HTTP"): the caller is already known. The same `Idempotency-Key` gives the
 * same request id, so the detector makes repeats one.
 */
export function createRequestRefresh(options: RequestRefreshOptions) {
  const recent = new LRUCache<string, string>({ max: MAX_RECENT_KEYS })

  return async ({ headers, readBody }: RefreshHttpRequest): Promise<Answer> => {
    const unsupported = explainMediaType(headers)
    if (unsupported !== undefined) return problem('unsupported_media_type', unsupported)
    const body = await readBody(MAX_BODY_BYTES)
    if (body.kind !== 'complete') return problem(...explainBody(body))
    if (options.isClockOff()) return unavailable("This server's clock is not right. Send the request again later.")

    const parsed = parseJson(body.bytes)
    if (!parsed.ok) return problem('malformed_json', 'The body must be one JSON value in UTF-8.')
    const checked = refreshBodySchema.safeParse(parsed.value)
    if (!checked.success) {
      return problem('invalid_request', 'The body has the issues listed.', {
        members: { issues: toIssues(checked.error) },
      })
    }
    const key = headers['idempotency-key']
    if (key !== undefined && (key === '' || key.length > MAX_KEY_LENGTH)) {
      return problem('invalid_request', `Idempotency-Key must have 1 to ${MAX_KEY_LENGTH} characters.`)
    }

    const { companyId, companyName } = checked.data
    const requestId = typeof key === 'string' ? requestIdOf(CALLER, key) : randomUUID()
    const known = recent.get(requestId)
    if (known !== undefined) return known === companyId ? accepted(requestId) : reused()

    const published = await publish(
      { requestId, companyId, companyName: companyName ?? null, requestedBy: CALLER, requestedAt: options.now() },
      passOrMakeTraceparent(headers.traceparent as string | undefined),
    )
    if (!published) return unavailable('The refresh was not taken for certain. Send the request again.')
    recent.set(requestId, companyId)
    options.metrics.refreshRequests.inc()
    return accepted(requestId)
  }

  async function publish(request: RefreshRequest, traceparent: string): Promise<boolean> {
    let message: OutgoingMessage
    try {
      message = options.toMessage(request, traceparent)
    } catch (error) {
      if (error instanceof AppError && error.fate === 'unavailable') return false
      throw error
    }
    const done = options.publishEach([message]).then(([result]) => result?.ok === true)
    return withinTime(done, options.timeoutMs, () => false)
  }
}

/** The id of a request under an idempotency key: lower-case hex SHA-256 of caller and key. */
export function requestIdOf(caller: string, idempotencyKey: string): string {
  return createHash('sha256')
    .update(JSON.stringify([caller, idempotencyKey]))
    .digest('hex')
}

function accepted(id: string): Answer {
  return json(202, { status: 'accepted', id }, { location: `/api/refreshes/${id}` })
}

/** https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header: a key with another payload is 422. */
function reused(): Answer {
  return problem('idempotency_key_reused', 'Use a new Idempotency-Key for another company.')
}

function unavailable(detail: string): Answer {
  return problem('unavailable', detail, { headers: { 'retry-after': '2' } })
}
