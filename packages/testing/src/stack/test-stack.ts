/** A real broker, database and schema registry for tests, and how to let go of them. */
export type TestStack = {
  /** host:port, comma-separated, as KAFKA_BROKERS. */
  readonly kafkaBrokers: string
  readonly mongodbUri: string
  /** Where the registry speaks Confluent's API. */
  readonly schemaRegistryUrl: string
  /** Stops what was started for this stack, nothing else. */
  stop(): Promise<void>
}
