/** A message on its way to Kafka. Headers hold nothing personal. */
export interface OutgoingMessage {
  readonly topic: string
  /** The company id. */
  readonly key: string | Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, string | Buffer>>
}

/**
 * Publishes with acks=all. Resolves once every replica that must have the messages has them.
 * @throws AppError `kafka_unavailable` (unavailable) when the outcome is unknown or the broker is away.
 */
export interface Publisher {
  publish(messages: readonly OutgoingMessage[]): Promise<void>
}
