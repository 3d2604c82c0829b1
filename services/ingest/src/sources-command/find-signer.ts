import { ConfigError } from '@buyer-group/shared/config/read-config.ts'
import { createScheme } from '../schemes/create-scheme.ts'
import { nativeScheme } from '../schemes/native.ts'
import type { Scheme } from '../schemes/scheme.ts'
import type { SourcesConfig } from '../sources/open-sources.ts'
import { readSources } from '../sources/read-sources.ts'
import { toDefinition } from '../sources/read-sources-file.ts'
import { resolveSecrets } from '../sources/resolve-secrets.ts'
import { allowing, type SecretDefinition } from '../sources/sources.ts'
import type { SourceEntry } from '../sources/sources-file.ts'
import { readEntries } from './read-overview.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface Signer {
  readonly scheme: Scheme
  /** Whether the source sends native events. */
  readonly isNative: boolean
  /** Of those that are valid now the one that lasts longest, the newest of several. */
  readonly secret: string
  mayContain(eventType: string): boolean
}

/**
 * What to sign a source's test delivery with. Only this source's secrets need be there.
 * @throws ConfigError where the sources file cannot be used, there is no such source, or it has no secret that is valid
 * at `now` (milliseconds).
 */
export async function findSigner(name: string, config: SourcesConfig, env: Environment, now: number): Promise<Signer> {
  const path = config.SOURCES_FILE
  const entry = path === undefined ? undefined : (await readEntries(path)).find((one) => one.name === name)
  const scheme = entry === undefined ? nativeScheme : createScheme(entry.scheme)
  const secrets =
    entry === undefined ? secretsOfEnvironment(name, config, env) : await secretsOfFile(entry, scheme, path ?? '', env)
  const [secret] = secrets
    .filter(({ notBefore = -Infinity, notAfter = Infinity }) => notBefore <= now && now < notAfter)
    .sort(byDuration)
  if (secret === undefined) throw new ConfigError(`The source "${name}" has no secret that is valid now.`)
  const { adapter = 'native', eventTypes } = entry ?? {}
  return { scheme, isNative: adapter === 'native', secret: secret.text, mayContain: allowing(eventTypes) }
}

function secretsOfEnvironment(name: string, config: SourcesConfig, env: Environment): SecretDefinition[] {
  const { definitions, commonSecrets } = readSources(config, env)
  const source = definitions.find((definition) => definition.name === name)
  if (source === undefined) throw new ConfigError(`There is no source "${name}": see npm run sources -- list.`)
  const secrets = source.ownSecrets.length > 0 ? source.ownSecrets : commonSecrets
  return secrets.map((one) => (typeof one === 'string' ? { text: one } : one))
}

async function secretsOfFile(
  entry: SourceEntry,
  scheme: Scheme,
  path: string,
  env: Environment,
): Promise<SecretDefinition[]> {
  const secrets: SecretDefinition[] = []
  for (const secret of await resolveSecrets(entry, scheme, path, env)) {
    if (!secret.ok) throw new ConfigError(`The file ${path} is not valid: source "${entry.name}": ${secret.problem}.`)
    secrets.push(toDefinition(secret.text, secret.reference))
  }
  return secrets
}

function byDuration(a: SecretDefinition, b: SecretDefinition): number {
  const ends = [b.notAfter ?? Number.MAX_VALUE, a.notAfter ?? Number.MAX_VALUE] as const
  return ends[0] - ends[1] || (b.notBefore ?? 0) - (a.notBefore ?? 0)
}
