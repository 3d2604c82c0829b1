import { randomUUID } from 'node:crypto'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { Scheme } from '../schemes/scheme.ts'

export interface TestDelivery {
  readonly source: string
  readonly scheme: Scheme
  readonly secret: string
  /** A native event, or a delivery without any event where the format is another. */
  readonly isNative: boolean
  /** Where ingest listens. */
  readonly target: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface TestAnswer {
  readonly status: number
  /** The problem's stable code, of an answer that is one. */
  readonly code: string | undefined
  /** The id of the event that was sent; undefined where the delivery held none. */
  readonly eventId: string | undefined
}

const TIMEOUT_MS = 30_000

/** Its type is none that a group is refreshed for, and it tells of no title and no move. */
export const TEST_EVENT_TYPE = 'person.test'

/**
 * Posts one signed delivery to a source's address, as its provider would.
 * @throws AppError `no_answer` (unavailable) where ingest does not answer; Error of a scheme that cannot sign with the
 * secret.
 */
export async function sendTest(delivery: TestDelivery): Promise<TestAnswer> {
  const { source, scheme, secret, isNative, target, now } = delivery
  const id = `test-${randomUUID()}`
  const body = Buffer.from(isNative ? JSON.stringify(testEvent(source, id, now)) : '[]')
  const url = new URL(`/api/webhooks/${source}`, target)
  const signed = scheme.sign({ method: 'POST', url, body, id }, secret, now)
  const response = await post(signed.url, { 'content-type': 'application/json', ...signed.headers }, body, url.origin)
  const answer = (await response.json().catch(() => undefined)) as { code?: unknown } | undefined
  const code = typeof answer?.code === 'string' ? answer.code : undefined
  return { status: response.status, code, eventId: isNative ? id : undefined }
}

/** Marked wherever somebody may look at it. */
function testEvent(source: string, id: string, now: number) {
  return {
    id,
    source,
    type: TEST_EVENT_TYPE,
    timestamp: new Date(now).toISOString(),
    person: { id: 'test', name: 'Test event, no person' },
    company: { id: 'test', name: 'Test event, no company' },
    changes: {},
    test: true,
  }
}

/** The address is not quoted where there is no answer: it may hold the secret. */
async function post(url: URL, headers: Record<string, string>, body: Buffer, origin: string): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch (cause) {
    const message = `Ingest does not answer at ${origin}: start it, or say where it listens with --target`
    throw new AppError(message, { code: 'no_answer', fate: 'unavailable', cause })
  }
}
