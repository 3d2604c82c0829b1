import { containersAnswer, startContainerStack } from './container-stack.ts'
import { startLocalStack } from './local-stack.ts'
import type { TestStack } from './test-stack.ts'

/**
 * Brings up the stack that tests use: addresses that the environment gives are used as they are; otherwise containers
 * where a Docker engine answers, and the local stack elsewhere. `TEST_STACK=local` or `containers` forces one.
 * @param say gets a sentence for each step, for the person who waits
 * @throws Error when it cannot be started; the message says what to do
 */
export async function startTestStack(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<TestStack> {
  const { KAFKA_BROKERS, MONGODB_URI, SCHEMA_REGISTRY_URL } = env
  if (KAFKA_BROKERS && MONGODB_URI && SCHEMA_REGISTRY_URL) {
    const given = { kafkaBrokers: KAFKA_BROKERS, mongodbUri: MONGODB_URI, schemaRegistryUrl: SCHEMA_REGISTRY_URL }
    return { ...given, stop: async () => {} }
  }
  const containers = env.TEST_STACK === 'containers' || (env.TEST_STACK !== 'local' && (await containersAnswer()))
  return containers ? startContainerStack(env, say) : startLocalStack(env, say)
}
