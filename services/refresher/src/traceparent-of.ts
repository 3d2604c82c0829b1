import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'

/** https://www.w3.org/TR/trace-context/#traceparent-header-field-values */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The W3C trace context of a message; undefined where it has none, or one that is malformed. */
export function traceparentOf({ headers }: IncomingMessage): string | undefined {
  const header = headers.traceparent
  const text = (Array.isArray(header) ? header[0] : header)?.toString()
  return text !== undefined && TRACEPARENT.test(text) ? text : undefined
}
