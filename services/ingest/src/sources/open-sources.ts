import { ConfigError } from '@buyer-group/shared/config/read-config.ts'
import type { ReloadMetrics } from '@buyer-group/shared/config/reload-metrics.ts'
import { openReloading, type ReloadLogger } from '@buyer-group/shared/config/reloading.ts'
import type { WatchFile } from '@buyer-group/shared/config/watch-file.ts'
import type { IngestConfig } from '../config.ts'
import { describeEnded, findEndedSources } from './find-ended-sources.ts'
import { type LoadedSources, loadSources } from './load-sources.ts'
import { findSourceWithoutSecret, readSources, refuseStraySecrets, secretVariable } from './read-sources.ts'
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
    read: () => loadSources(path, settings, env),
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

function missingSecret(source: string): ConfigError {
  return new ConfigError(
    `WEBHOOK_SECRET is required but not set: the source "${source}" has no secret of its own (${secretVariable(source)}). It is the secret that providers sign with.`,
  )
}
