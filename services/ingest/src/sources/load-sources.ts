import type { Loaded } from '@buyer-group/shared/config/reloading.ts'
import { findSourceWithoutSecret, joinSources, type SourceSettings, secretVariable } from './read-sources.ts'
import { readSourcesFile } from './read-sources-file.ts'
import { createSources, type Sources } from './sources.ts'

export interface LoadedSources {
  readonly sources: Sources
  /** The variables that the file names. */
  readonly variables: readonly string[]
}

/**
 * The sources of the environment and of the file, once, with the secrets that the file refers to. Never throws; a
 * problem names source and field.
 */
export async function loadSources(
  path: string,
  settings: SourceSettings,
  env: Readonly<Record<string, string | undefined>>,
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
