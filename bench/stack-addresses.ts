import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

const PROJECT = join(import.meta.dirname, '..')
const NEEDED = ['KAFKA_BROKERS', 'MONGODB_URI', 'SCHEMA_REGISTRY_URL'] as const

export type StackAddresses = Record<(typeof NEEDED)[number], string>

/**
 * The addresses that the environment gives, or else those of the local stack, which is brought up (and left up).
 * @throws when the stack does not come up; it has said why.
 */
export function stackAddresses(env: NodeJS.ProcessEnv): StackAddresses {
  const given = pick(env)
  if (given !== undefined) return given
  const { status } = spawnSync('npm', ['run', '--silent', 'stack:up'], { cwd: PROJECT, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error('the local stack did not start')
  const started = pick({ ...parseEnv(readFileSync(join(PROJECT, '.stack/stack.env'), 'utf8')), ...env })
  if (started === undefined) throw new Error(`.stack/stack.env does not name all of ${NEEDED.join(', ')}`)
  return started
}

function pick(env: NodeJS.ProcessEnv): StackAddresses | undefined {
  const { KAFKA_BROKERS, MONGODB_URI, SCHEMA_REGISTRY_URL } = env
  return KAFKA_BROKERS && MONGODB_URI && SCHEMA_REGISTRY_URL
    ? { KAFKA_BROKERS, MONGODB_URI, SCHEMA_REGISTRY_URL }
    : undefined
}
