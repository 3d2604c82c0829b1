/** Confluent wire format: a zero byte and the schema's id as a big-endian unsigned 32-bit number, then Avro binary. */
export const WIRE_HEADER_BYTES = 5
