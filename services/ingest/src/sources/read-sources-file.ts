import { contentVersion } from '@buyer-group/shared/config/content-version.ts'
import { invalid, readJsonFile } from '@buyer-group/shared/config/read-json-file.ts'
import { ADAPTERS } from '../adapters/adapters.ts'
import { createScheme } from '../schemes/create-scheme.ts'
import { resolveSecrets, secretPath } from './resolve-secrets.ts'
import type { SecretDefinition, SourceDefinition } from './sources.ts'
import { parseSourcesFile, type SecretReference, type SourceEntry, sourcesFileSchema } from './sources-file.ts'

export type SourcesFileRead = {
  /** The files of its secrets, as far as they are known. */
  readonly files: readonly string[]
} & (
  | {
      readonly ok: true
      readonly entries: readonly SourceEntry[]
      readonly definitions: readonly SourceDefinition[]
      /** Of what the file says, without the secrets. */
      readonly version: string
      /** Equal where file and secrets are; holds the secrets. */
      readonly identity: string
    }
  /** Words that go on after the file's name. */
  | { readonly ok: false; readonly problem: string }
)

export const MAX_SOURCES_BYTES = 1024 * 1024

/**
 * Reads `sources.json` with the secrets that it refers to. Never throws; a problem names every source and field that is
 * wrong and quotes no secret.
 */
export async function readSourcesFile(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SourcesFileRead> {
  const read = await readJsonFile({ path, schema: sourcesFileSchema, maxBytes: MAX_SOURCES_BYTES })
  if (!read.ok) return { ...read, files: [] }
  const parsed = parseSourcesFile(read.value)
  if (!parsed.ok) return { ok: false, problem: invalid(parsed.issues), files: [] }

  const { entries } = parsed
  const files = entries.flatMap(({ secrets }) =>
    secrets.flatMap(({ file }) => (file === undefined ? [] : [secretPath(path, file)])),
  )
  const definitions: SourceDefinition[] = []
  const issues: string[] = []
  for (const entry of entries) {
    const scheme = createScheme(entry.scheme)
    const resolved = await resolveSecrets(entry, scheme, path, env)
    for (const secret of resolved) if (!secret.ok) issues.push(`source "${entry.name}": ${secret.problem}`)
    definitions.push({
      name: entry.name,
      scheme,
      adapter: ADAPTERS[entry.adapter],
      ownSecrets: resolved.flatMap((secret) => (secret.ok ? toDefinition(secret.text, secret.reference) : [])),
      companyIdPrefix: entry.companyIdPrefix ?? '',
      eventTypes: entry.eventTypes,
      eventsPerSecond: entry.rateLimit?.eventsPerSecond,
    })
  }
  if (issues.length > 0) return { ok: false, problem: invalid(issues), files }
  const identity = JSON.stringify([entries, definitions.map(({ ownSecrets }) => ownSecrets)])
  return { ok: true, entries, definitions, version: contentVersion(entries), identity, files }
}

/** A secret with the time for which it is referred to. */
export function toDefinition(text: string, { notBefore, notAfter }: SecretReference): SecretDefinition {
  return { text, ...(notBefore !== undefined && { notBefore }), ...(notAfter !== undefined && { notAfter }) }
}
