import { ConfigError } from '@buyer-group/shared/config/read-config.ts'
import { describeEnded, findEndedSources } from '../sources/find-ended-sources.ts'
import { loadSources } from '../sources/load-sources.ts'
import type { SourcesConfig } from '../sources/open-sources.ts'
import { readSources, refuseStraySecrets } from '../sources/read-sources.ts'

/**
 * Holds a sources file against this environment as ingest does at its start, and with what it refuses in a change.
 * @param now in milliseconds since the epoch.
 * @returns the names of all sources, those of the environment too.
 * @throws ConfigError naming everything that is wrong.
 */
export async function checkSources(
  path: string,
  config: SourcesConfig,
  env: Readonly<Record<string, string | undefined>>,
  now: number,
): Promise<readonly string[]> {
  const loaded = await loadSources(path, readSources({ ...config, SOURCES_FILE: path }, env), env)
  if (!loaded.ok) throw new ConfigError(`The file ${path} ${loaded.problem}.`)
  const { sources, variables } = loaded.current.value
  const ended = describeEnded(findEndedSources(sources, now))
  if (ended !== undefined) throw new ConfigError(`The file ${path} ${ended}.`)
  refuseStraySecrets(config, env, variables)
  return sources.names
}
