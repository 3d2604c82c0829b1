import type { IncomingHttpHeaders } from 'node:http'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import { eventIdempotencyKey } from '@buyer-group/shared/messages/idempotency-key.ts'
import type { PersonChange } from '@buyer-group/shared/messages/messages.ts'
import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'
import type { AdaptedEvent, Delivery } from './adapters/adapter.ts'
import { nativeAdapter } from './adapters/native.ts'
import { type Answer, json } from './answer.ts'
import { explainBody, explainMediaType } from './http/media-type.ts'
import type { Body } from './http/read-body.ts'
import type { LimitRate } from './limit-rate.ts'
import { MAX_BODY_BYTES } from './limits.ts'
import type { IngestMetrics } from './metrics.ts'
import { passOrMakeTraceparent } from './pass-or-make-traceparent.ts'
import { type ProblemCode, type ProblemOptions, problem } from './problems.ts'
import type { DeliveryOutcome } from './publishing/publish-delivery.ts'
import type { EventToPublish } from './publishing/publish-event.ts'
import { parseJson } from './rules/parse-json.ts'
import type { Issue } from './rules/to-issues.ts'
import { toPersonChange } from './rules/to-person-change.ts'
import {
  namedSource,
  type ValidatedEvent,
  validateNativeEvent,
  validateReportedEvent,
} from './rules/validate-native-event.ts'
import { nativeScheme } from './schemes/native.ts'
import { oneHeader, type Secret, secretsAt } from './schemes/scheme.ts'
import type { Source, Sources } from './sources/sources.ts'

export interface WebhookRequest {
  readonly method: string
  /** The request's target as it was sent: path and query. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  /** The source that the path names; undefined where any source of the native scheme may post. */
  readonly pathSource: Source | undefined
  /** Reads the raw body, at most so many bytes. */
  readBody(maxBytes: number): Promise<Body>
}

export interface ReceiveWebhookOptions {
  /** The sources as they are configured now. */
  sources(): Sources
  /** Milliseconds since the epoch. */
  now(): number
  isClockOff(): boolean
  readonly limitRate: LimitRate
  /** @throws AppError where the message cannot be encoded, or not yet. */
  toMessage(change: PersonChange, traceparent: string): OutgoingMessage
  publish(events: readonly EventToPublish[]): Promise<DeliveryOutcome>
  readonly metrics: Pick<IngestMetrics, 'accepted' | 'repeated' | 'rejected' | 'conflicts' | 'receivedBytes'>
  /** Called once for each refusal, with nothing of the request's content. */
  onRefused(code: ProblemCode, status: number): void
}

export type ReceiveWebhook = (request: WebhookRequest) => Promise<Answer>

/**
 * The whole way of one webhook: headers and raw bytes in, an answer out, in the order of the contract (system.md,
 * "HTTP"). Knows no HTTP server. Nothing is parsed before the signature holds; 202 comes after the broker has it.
 */
export function createReceiveWebhook(options: ReceiveWebhookOptions): ReceiveWebhook {
  const { metrics } = options

  const refuse = (code: ProblemCode, detail: string, more?: ProblemOptions): Answer => {
    const answer = problem(code, detail, more)
    metrics.rejected.inc({ reason: code })
    options.onRefused(code, answer.status)
    return answer
  }

  return async ({ method, target, headers, pathSource, readBody }) => {
    // Before anything is waited for: the sources that `pathSource` is one of, whatever is configured meanwhile.
    const sources = options.sources()
    const unsupported = explainMediaType(headers)
    if (unsupported !== undefined) return refuse('unsupported_media_type', unsupported)

    const body = await readBody(MAX_BODY_BYTES)
    if (body.kind !== 'complete') return refuse(...explainBody(body))
    metrics.receivedBytes.inc(body.bytes.length)

    if (options.isClockOff()) return refuse('unavailable', CLOCK_IS_OFF, retryAfter(10))
    const now = options.now()
    const scheme = pathSource?.scheme ?? nativeScheme
    const secrets = secretsAt(pathSource?.secrets ?? sources.allSecrets, now)
    const signature = scheme.verify({ method, target, headers, body: body.bytes }, secrets, now)
    if (!signature.ok) return refuse(signature.code, scheme.help[signature.code])

    const parsed = parseJson(body.bytes)
    if (!parsed.ok) {
      return refuse('malformed_json', 'The body must be one JSON value in UTF-8 without a byte order mark.')
    }

    // The format of the path's source; at the address for all sources the native one, whose events name their source.
    const adapter = pathSource?.adapter ?? nativeAdapter
    const claimed = adapter === nativeAdapter ? namedSource(parsed.value) : undefined
    if (claimed !== undefined && !isValidFor(claimed, signature.secrets, sources)) {
      return refuse('invalid_signature', 'The secret that signed is not valid for the source that the body names.')
    }

    const delivery: Delivery = {
      source: pathSource?.name ?? '',
      value: parsed.value,
      text: parsed.text,
      bytes: body.bytes,
      receivedAt: now,
      signedId: signature.signedId,
    }
    const adapted = adapter.toEvents(delivery)
    if (!adapted.ok) return refuse('invalid_event', HAS_ISSUES, listed(adapted.issues))

    const validate = adapter === nativeAdapter ? validateNativeEvent : validateReportedEvent
    const validated = validateAll(adapted.events, validate, now)
    if (!validated.ok) return refuse('invalid_event', HAS_ISSUES, listed(validated.issues))

    const source = pathSource ?? sources.find(validated.events[0]?.event.source ?? '')
    if (source === undefined || source.adapter !== adapter) {
      return refuse('unknown_source', 'The source of the event is not configured here.')
    }
    if (validated.events.some(({ event }) => event.source !== source.name)) {
      return refuse('unknown_source', 'The source of the event is not the one that this address is for.')
    }
    const forbidden = validated.events.find(({ event }) => !source.mayContain(event.type))
    if (forbidden !== undefined) {
      const issue = {
        path: [...forbidden.path, 'type'],
        code: 'custom',
        message: 'is no type that this source may send',
      }
      return refuse('invalid_event', HAS_ISSUES, listed([issue]))
    }

    // Only signed events of a known source count, so nobody else can use up what it may send.
    const waitSeconds = options.limitRate(source, validated.events.length)
    if (waitSeconds !== undefined) return refuse('rate_limited', RATE_HELP, retryAfter(waitSeconds))

    const traceparent = passOrMakeTraceparent(oneHeader(headers.traceparent))
    const changes = validated.events.map(({ event, payload, bodySha256 }) =>
      toPersonChange({ event, payload, bodySha256, companyIdPrefix: source.companyIdPrefix, receivedAt: now }),
    )
    const outcome = await publishAll(changes, traceparent)
    const named = { ...nameEvents(adapter === nativeAdapter, changes), ...adapter.acknowledge?.(delivery) }
    switch (outcome.kind) {
      case 'accepted':
        metrics.accepted.inc({ source: source.name }, outcome.accepted)
        if (outcome.repeated > 0) metrics.repeated.inc({ source: source.name }, outcome.repeated)
        return json(202, { status: 'accepted', ...named })
      case 'repeated':
        metrics.repeated.inc({ source: source.name }, changes.length)
        return json(200, { status: 'already_processed', ...named })
      case 'conflict':
        metrics.conflicts.inc({ source: source.name })
        return refuse('event_id_conflict', 'Send a changed event under a new id; a repeat must have the same body.')
      case 'unavailable':
        return refuse('unavailable', 'It was not taken for certain. Send it again, with the same ids.', retryAfter(2))
    }
  }

  function isValidFor(source: string, secrets: readonly Secret[], sources: Sources): boolean {
    const valid = sources.secretsFor(source)
    return secrets.some((secret) => valid.includes(secret))
  }

  function publishAll(
    changes: readonly PersonChange[],
    traceparent: string,
  ): Promise<DeliveryOutcome> | DeliveryOutcome {
    let events: EventToPublish[]
    try {
      events = changes.map((change) => ({
        idempotencyKey: eventIdempotencyKey(change.source, change.eventId),
        bodySha256: change.bodySha256,
        message: options.toMessage(change, traceparent),
      }))
    } catch (error) {
      const { code, fate } = classifyError(error)
      if (fate === 'unavailable') return { kind: 'unavailable', code }
      throw error
    }
    return options.publish(events)
  }
}

interface ValidEvent extends AdaptedEvent {
  readonly event: ReportedEvent
}

type Validated =
  | { readonly ok: true; readonly events: readonly ValidEvent[] }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/** All or none: what is wrong in any of them, with where it stands in the delivery. */
function validateAll(
  adapted: readonly AdaptedEvent[],
  validate: (event: unknown, now: number) => ValidatedEvent,
  now: number,
): Validated {
  const events: ValidEvent[] = []
  const issues: Issue[] = []
  for (const one of adapted) {
    const { payload, bodySha256, path } = one
    const validated = validate(one.event, now)
    if (validated.ok) events.push({ event: validated.event, payload, bodySha256, path })
    else for (const issue of validated.issues) issues.push({ ...issue, path: [...path, ...issue.path] })
  }
  return issues.length === 0 ? { ok: true, events } : { ok: false, issues }
}

/** A native delivery is one event; others tell how each was named. */
function nameEvents(isOne: boolean, changes: readonly PersonChange[]) {
  return isOne ? { eventId: changes[0]?.eventId } : { eventIds: changes.map(({ eventId }) => eventId) }
}

const HAS_ISSUES = 'The event has the issues listed.'

const CLOCK_IS_OFF = "This server's clock is not right, so it can judge no timestamp. Send the event again later."

const RATE_HELP = 'The source sends more events a second than are taken. Send the event again later, with the same id.'

const MAX_ISSUES = 100

function listed(issues: readonly Issue[]): ProblemOptions {
  const omitted = issues.length - MAX_ISSUES
  return { members: { issues: issues.slice(0, MAX_ISSUES), ...(omitted > 0 ? { issuesOmitted: omitted } : {}) } }
}

const retryAfter = (seconds: number): ProblemOptions => ({ headers: { 'retry-after': String(seconds) } })
