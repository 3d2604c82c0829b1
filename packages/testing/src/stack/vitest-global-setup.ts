import { startTestStack } from './start-test-stack.ts'

/**
 * Vitest's global set-up: brings the stack up before the first test and puts its addresses into the environment, which
 * the workers inherit: KAFKA_BROKERS, MONGODB_URI, SCHEMA_REGISTRY_URL.
 * Several projects of one run may name this file: the second finds the addresses given and starts nothing.
 * @returns the teardown, which stops only what was started here
 */
export async function setup(): Promise<() => Promise<void>> {
  const stack = await startTestStack(process.env, (line) => console.log(line))
  process.env.KAFKA_BROKERS = stack.kafkaBrokers
  process.env.MONGODB_URI = stack.mongodbUri
  process.env.SCHEMA_REGISTRY_URL = stack.schemaRegistryUrl
  return stack.stop
}
