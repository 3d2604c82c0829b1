/** CloudEvents 1.0, Kafka binary mode: https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/kafka-protocol-binding.md */
export interface CloudEventAttributes {
  /** Unique per source; subscribers drop repeats by it. */
  readonly id: string
  readonly source: string
  readonly type: string
  /** Milliseconds since the epoch. */
  readonly time: number
  /** W3C trace context, passed on where there is one. */
  readonly traceparent?: string | undefined
}

/** The headers of every message we publish. They hold ids and types, nothing personal. */
export function ceHeaders(attributes: CloudEventAttributes): Record<string, string> {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: attributes.id,
    ce_source: attributes.source,
    ce_type: attributes.type,
    ce_time: new Date(attributes.time).toISOString(),
    'content-type': 'avro/binary',
  }
  if (attributes.traceparent !== undefined) headers.traceparent = attributes.traceparent
  return headers
}
