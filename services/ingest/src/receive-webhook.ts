import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { PersonChange } from '@buyer-group/shared/messages/messages.ts'
import { type Answer, json } from './answer.ts'
import { explainBody, explainMediaType } from './http/media-type.ts'
import type { Body } from './http/read-body.ts'
import type { LimitRate } from './limit-rate.ts'
import { MAX_BODY_BYTES } from './limits.ts'
import type { IngestMetrics } from './metrics.ts'
import { passOrMakeTraceparent } from './pass-or-make-traceparent.ts'
import { type ProblemCode, type ProblemOptions, problem } from './problems.ts'
import type { EventToPublish, PublishOutcome } from './publish-event.ts'
import { parseJson } from './rules/parse-json.ts'
import type { Issue } from './rules/to-issues.ts'
import { toPersonChange } from './rules/to-person-change.ts'
import { namedSource, validateNativeEvent } from './rules/validate-native-event.ts'
import type { Secret, Source, Sources } from './sources.ts'
import { verifySignature } from './verify-signature.ts'

export interface WebhookRequest {
  readonly headers: IncomingHttpHeaders
  /** The source that the path names; undefined where any source may post. */
  readonly pathSource: Source | undefined
  /** Reads the raw body, at most so many bytes. */
  readBody(maxBytes: number): Promise<Body>
}

export interface ReceiveWebhookOptions {
  readonly sources: Sources
  /** Milliseconds since the epoch. */
  now(): number
  isClockOff(): boolean
  readonly limitRate: LimitRate
  /** @throws AppError where the message cannot be encoded, or not yet. */
  toMessage(change: PersonChange, traceparent: string): OutgoingMessage
  publish(event: EventToPublish): Promise<PublishOutcome>
  readonly metrics: Pick<IngestMetrics, 'accepted' | 'repeated' | 'rejected'>
  /** Called once for each refusal, with nothing of the request's content. */
  onRefused(code: ProblemCode, status: number): void
}

export type ReceiveWebhook = (request: WebhookRequest) => Promise<Answer>

/**
 * The whole way of one webhook: headers and raw bytes in, an answer out, in the order of the contract (system.md,
 * "HTTP"). Knows no HTTP server. Nothing is parsed before the signature holds; 202 comes after the broker has it.
 */
export function createReceiveWebhook(options: ReceiveWebhookOptions): ReceiveWebhook {
  const { sources, metrics } = options

  const refuse = (code: ProblemCode, detail: string, more?: ProblemOptions): Answer => {
    const answer = problem(code, detail, more)
    metrics.rejected.inc({ reason: code })
    options.onRefused(code, answer.status)
    return answer
  }

  return async ({ headers, pathSource, readBody }) => {
    const unsupported = explainMediaType(headers)
    if (unsupported !== undefined) return refuse('unsupported_media_type', unsupported)

    const body = await readBody(MAX_BODY_BYTES)
    if (body.kind !== 'complete') return refuse(...explainBody(body))

    if (options.isClockOff()) return refuse('unavailable', CLOCK_IS_OFF, retryAfter(10))
    const now = options.now()
    const signature = verifySignature(
      { signature: oneHeader(headers['x-signature']), timestamp: oneHeader(headers['x-timestamp']), body: body.bytes },
      pathSource?.secrets ?? sources.allSecrets,
      now,
    )
    if (!signature.ok) return refuse(signature.code, SIGNATURE_HELP[signature.code])

    const parsed = parseJson(body.bytes)
    if (!parsed.ok)
      return refuse('malformed_json', 'The body must be one JSON value in UTF-8 without a byte order mark.')

    const claimed = namedSource(parsed.value)
    if (claimed !== undefined && !isValidFor(claimed, signature.secrets)) {
      return refuse('invalid_signature', 'The secret that signed is not valid for the source that the body names.')
    }

    const validated = validateNativeEvent(parsed.value, now)
    if (!validated.ok) return refuse('invalid_event', 'The event has the issues listed.', listed(validated.issues))
    const { event } = validated

    const source = sources.find(event.source)
    if (source === undefined) return refuse('unknown_source', 'The source of the event is not configured here.')
    if (pathSource !== undefined && pathSource !== source) {
      return refuse('unknown_source', 'The source of the event is not the one that this address is for.')
    }

    // Only signed events of a known source count, so nobody else can use up what it may send.
    const waitSeconds = await options.limitRate(source.name)
    if (waitSeconds !== undefined) return refuse('rate_limited', RATE_HELP, retryAfter(waitSeconds))

    const bodySha256 = hash('sha256', body.bytes)
    const change = toPersonChange({
      event,
      payload: parsed.text,
      bodySha256,
      companyIdPrefix: source.companyIdPrefix,
      receivedAt: now,
    })
    const outcome = await publishChange(change, passOrMakeTraceparent(oneHeader(headers.traceparent)))

    switch (outcome.kind) {
      case 'accepted':
        metrics.accepted.inc({ source: source.name })
        return json(202, { status: 'accepted', eventId: event.id })
      case 'repeated':
        metrics.repeated.inc({ source: source.name })
        return json(200, { status: 'already_processed', eventId: event.id })
      case 'conflict':
        return refuse('event_id_conflict', 'Send a changed event under a new id; a repeat must have the same body.')
      case 'unavailable':
        return refuse(
          'unavailable',
          'The event was not taken for certain. Send it again, with the same id.',
          retryAfter(2),
        )
    }
  }

  function isValidFor(source: string, secrets: readonly Secret[]): boolean {
    const valid = sources.secretsFor(source)
    return secrets.some((secret) => valid.includes(secret))
  }

  async function publishChange(change: PersonChange, traceparent: string): Promise<PublishOutcome> {
    const idempotencyKey = eventIdempotencyKey(change.source, change.eventId)
    let message: OutgoingMessage
    try {
      message = options.toMessage(change, traceparent)
    } catch (error) {
      const { code, fate } = classifyError(error)
      if (fate === 'unavailable') return { kind: 'unavailable', code }
      throw error
    }
    return options.publish({ idempotencyKey, bodySha256: change.bodySha256, message })
  }
}

const SIGNATURE_HELP = {
  missing_signature: 'Send the headers x-timestamp and x-signature.',
  stale_timestamp: 'x-timestamp must be milliseconds since the epoch, at most 5 minutes from now.',
  invalid_signature: 'x-signature must be the lower-case hex HMAC-SHA256 of x-timestamp, a dot and the raw body.',
} as const

const CLOCK_IS_OFF = "This server's clock is not right, so it can judge no timestamp. Send the event again later."

const RATE_HELP = 'The source sends more events a second than are taken. Send the event again later, with the same id.'

const MAX_ISSUES = 100

function listed(issues: readonly Issue[]): ProblemOptions {
  const omitted = issues.length - MAX_ISSUES
  return { members: { issues: issues.slice(0, MAX_ISSUES), ...(omitted > 0 ? { issuesOmitted: omitted } : {}) } }
}

const retryAfter = (seconds: number): ProblemOptions => ({ headers: { 'retry-after': String(seconds) } })

function oneHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}
