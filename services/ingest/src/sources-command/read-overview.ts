import { ConfigError } from '@buyer-group/shared/config/read-config.ts'
import { invalid, readJsonFile } from '@buyer-group/shared/config/read-json-file.ts'
import type { IngestConfig } from '../config.ts'
import { createScheme } from '../schemes/create-scheme.ts'
import type { SourcesConfig } from '../sources/open-sources.ts'
import { readSources, secretVariable } from '../sources/read-sources.ts'
import { MAX_SOURCES_BYTES } from '../sources/read-sources-file.ts'
import { resolveSecrets } from '../sources/resolve-secrets.ts'
import { parseSourcesFile, type SourceEntry, sourcesFileSchema } from '../sources/sources-file.ts'
import { fingerprint } from './fingerprint.ts'
import type { SecretOverview, SourceOverview } from './rules/describe-sources.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Every source with its secrets as far as this environment has them, for people: a secret that is not there is told, not
 * refused, since who looks need not have all of them.
 * @throws ConfigError where the variables or the file itself cannot be used.
 */
export async function readOverview(
  config: SourcesConfig & Pick<IngestConfig, 'RATE_LIMIT'>,
  env: Environment,
): Promise<SourceOverview[]> {
  const path = config.SOURCES_FILE
  const entries = path === undefined ? [] : await readEntries(path)
  const names = new Set(entries.map(({ name }) => name))
  const { definitions, commonSecrets } = readSources(config, env)
  const ofEnvironment = definitions
    .filter(({ name }) => !names.has(name))
    .map(({ name, ownSecrets, companyIdPrefix }): SourceOverview => {
      const [from, texts] =
        ownSecrets.length > 0
          ? [secretVariable(name), ownSecrets.map((one) => (typeof one === 'string' ? one : one.text))]
          : ['WEBHOOK_SECRET', commonSecrets]
      return {
        name,
        scheme: 'native',
        adapter: 'native',
        address: `/api/webhooks/${name}`,
        from: 'WEBHOOK_SOURCES',
        eventsPerSecond: config.RATE_LIMIT,
        eventTypes: undefined,
        companyIdPrefix,
        secrets:
          texts.length > 0
            ? texts.map((text) => ({ from, fingerprint: fingerprint(text) }))
            : [{ from, problem: 'names no secret' }],
      }
    })
  const ofFile = await Promise.all(entries.map((entry) => toOverview(entry, path ?? '', env, config.RATE_LIMIT)))
  return [...ofEnvironment, ...ofFile]
}

/**
 * The entries of a sources file, without their secrets.
 * @throws ConfigError naming what is wrong.
 */
export async function readEntries(path: string): Promise<readonly SourceEntry[]> {
  const read = await readJsonFile({ path, schema: sourcesFileSchema, maxBytes: MAX_SOURCES_BYTES })
  if (!read.ok) throw new ConfigError(`The file ${path} ${read.problem}.`)
  const parsed = parseSourcesFile(read.value)
  if (!parsed.ok) throw new ConfigError(`The file ${path} ${invalid(parsed.issues)}.`)
  return parsed.entries
}

async function toOverview(
  entry: SourceEntry,
  path: string,
  env: Environment,
  rateLimit: number | undefined,
): Promise<SourceOverview> {
  const scheme = createScheme(entry.scheme)
  const resolved = await resolveSecrets(entry, scheme, path, env)
  return {
    name: entry.name,
    scheme: entry.scheme.type,
    adapter: entry.adapter,
    address: `/api/webhooks/${entry.name}${scheme.takesSecretFromPath === true ? '/{secret}' : ''}`,
    from: 'SOURCES_FILE',
    eventsPerSecond: entry.rateLimit?.eventsPerSecond ?? rateLimit,
    eventTypes: entry.eventTypes,
    companyIdPrefix: entry.companyIdPrefix ?? '',
    secrets: resolved.map((secret): SecretOverview => {
      const { env: variable, file, notBefore, notAfter } = secret.reference
      const from = file ?? variable ?? ''
      return secret.ok
        ? { from, fingerprint: fingerprint(secret.text), notBefore, notAfter }
        : { from, problem: secret.problem, notBefore, notAfter }
    }),
  }
}
