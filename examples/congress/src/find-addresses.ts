import { useStack } from '../../../stack/src/services/use-stack.ts'
import { stackDirectory } from '../../../stack/src/stack-directory.ts'
import type { Addresses } from './open-deployment.ts'

const NAMES = ['KAFKA_BROKERS', 'MONGODB_URI', 'SCHEMA_REGISTRY_URL'] as const

/**
 * The stack to use: the addresses in the environment where all three are given, else the local stack, started here
 * (and stopped by `stop`) unless it runs already.
 * @throws StackError saying what is missing.
 */
export async function findAddresses(
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<{ addresses: Addresses; stop(): Promise<void> }> {
  const given = Object.fromEntries(NAMES.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  if (NAMES.every((name) => name in given)) return { addresses: given as unknown as Addresses, stop: async () => {} }
  const stack = await useStack(stackDirectory(env), { env, say, signal })
  return { addresses: { ...stack.env, ...given } as unknown as Addresses, stop: () => stack.stop() }
}
