/** A message as it came from Kafka: bytes only, nothing decoded. */
export interface IncomingMessage {
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>
  /** Broker's timestamp, milliseconds since the epoch. */
  readonly timestamp: number
}
