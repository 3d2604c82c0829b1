import { ConfigError } from '@buyer-group/shared/config/read-config.ts'
import type { ReloadMetrics } from '@buyer-group/shared/config/reload-metrics.ts'
import { type Loaded, openReloading, type ReloadLogger } from '@buyer-group/shared/config/reloading.ts'
import type { WatchFile } from '@buyer-group/shared/config/watch-file.ts'
import type { IngestConfig } from '../config.ts'
import { describeEnded, findEndedSources } from './find-ended-sources.ts'
import {
  findSourceWithoutSecret,
  joinSources,
  readSources,
  refuseStraySecrets,
  type SourceSettings,
  secretVariable,
} from './read-sources.ts'
import { readSourcesFile } from './read-sources-file.ts'
import { createSources, type Sources } from './sources.ts'

export type SourcesConfig = Pick<
  IngestConfig,
  'WEBHOOK_SOURCES' | 'WEBHOOK_SECRET' | 'COMPANY_ID_PREFIXES' | 'SOURCES_FILE'
>

export interface OpenSourcesOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds since the epoch. */
  now(): number
  readonly logger: ReloadLogger & { warn(fields: object, message: string): void }
  readonly metrics?: ReloadMetrics
  readonly watch?: WatchFile
}

export interface OpenSources {
  /** The sources as they are configured now; another value once they were read again. */
  current(): Sources
  close(): void
}

/**
 * The sources of the environment, and those of `SOURCES_FILE`, which is read again with the files of its secrets when
 * one of them changes and on SIGHUP.
 * @throws ConfigError where they cannot be used at the start.
 */
export async function openSources(config: SourcesConfig, options: OpenSourcesOptions): Promise<OpenSources> {
  const { env, now, logger } = options
  const settings = readSources(config, env)
  const path = config.SOURCES_FILE
  if (path === undefined) {
    refuseStraySecrets(config, env)
    const without = findSourceWithoutSecret(settings)
    if (without !== undefined) throw missingSecret(without)
    const sources = createSources(settings.definitions, settings.commonSecrets)
    return { current: () => sources, close: () => {} }
  }

  const endedAmong = ({ sources }: LoadedSources) => findEndedSources(sources, now())
  const file = await openReloading<LoadedSources>({
    ...options,
    variable: 'SOURCES_FILE',
    path,
    read: () => load(path, settings, env),
    // Who edits the file is told and loses nothing; time alone must not keep a process from starting.
    refuseChange: (next) => describeEnded(endedAmong(next)),
  })
  for (const source of endedAmong(file.current().value)) {
    logger.warn({ source }, 'no secret of this source is valid any more: nothing is taken from it')
  }
  try {
    refuseStraySecrets(config, env, file.current().value.variables)
  } catch (error) {
    file.close()
    throw error
  }
  return { current: () => file.current().value.sources, close: file.close }
}

interface LoadedSources {
  readonly sources: Sources
  /** The variables that the file names. */
  readonly variables: readonly string[]
}

async function load(
  path: string,
  settings: SourceSettings,
  env: OpenSourcesOptions['env'],
): Promise<Loaded<LoadedSources>> {
  const read = await readSourcesFile(path, env)
  if (!read.ok) return read
  const joined = joinSources(settings, read.definitions)
  const without = findSourceWithoutSecret(joined)
  if (without !== undefined) {
    const variable = secretVariable(without)
    const problem = `does not have the source "${without}" of WEBHOOK_SOURCES, and neither WEBHOOK_SECRET nor ${variable} is set for it`
    return { ok: false, problem, files: read.files }
  }
  const variables = read.entries.flatMap(({ secrets }) => secrets.flatMap(({ env: name }) => name ?? []))
  const value = { sources: createSources(joined.definitions, joined.commonSecrets), variables }
  const { version, identity, files } = read
  return { ok: true, current: { value, version }, identity, files }
}

function missingSecret(source: string): ConfigError {
  return new ConfigError(
    `WEBHOOK_SECRET is required but not set: the source "${source}" has no secret of its own (${secretVariable(source)}). It is the secret that providers sign with.`,
  )
}
