import { mkdir, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ConfigError } from '@buyer-group/shared/config/read-config.ts'
import { createScheme } from '../schemes/create-scheme.ts'
import { explainSecret, secretPath } from '../sources/resolve-secrets.ts'
import { parseSourcesFile, type SourceEntry, sourcesFileSchema } from '../sources/sources-file.ts'
import { editFile, writePrivateFile } from './edit-file.ts'
import { generateSecret } from './generate-secret.ts'
import { finishRotation, type RawReference, type RawSource, rotate } from './rules/edit-sources.ts'

export interface RotateOptions {
  /** Of the sources file. */
  readonly path: string
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** How long the secrets before stay valid, in milliseconds. */
  readonly overlapMs: number
  /** The new secret where the provider has made it; a random one otherwise. */
  readonly given?: string | undefined
}

export interface Rotated {
  readonly secret: string
  /** Where it was written, and as what the sources file refers to it. */
  readonly secretFile: string
  readonly file: string
  readonly ending: readonly RawReference[]
  readonly until: number
}

/**
 * Gives a source a new secret beside those that it has, which end after the overlap: first the secret's file, then the
 * reference to it. The sources file is valid at every moment.
 * @throws ConfigError naming what is wrong with the file, the source or the given secret.
 */
export async function rotateSecret({ path, name, now, overlapMs, given }: RotateOptions): Promise<Rotated> {
  const second = Math.floor(now / 1_000) * 1_000
  const until = second + overlapMs
  let rotated: Rotated | undefined
  let written: string | undefined
  await editSource(path, name, async (source, entry) => {
    const secret = secretFor(entry, given)
    const file = newFileName(name, source.secrets, second)
    const secretFile = secretPath(path, file)
    await mkdir(dirname(secretFile), { recursive: true, mode: 0o700 })
    await writePrivateFile(secretFile, `${secret}\n`, await stat(path))
    written = secretFile
    const { source: next, ending } = rotate(source, { file }, second, until)
    rotated = { secret, secretFile, file, ending, until }
    return next
  }).catch(async (error) => {
    // A secret that nothing refers to.
    if (written !== undefined) await unlink(written)
    throw error
  })
  if (rotated === undefined) throw new Error('unreachable: the edit has run')
  return rotated
}

/**
 * Takes the secrets that have ended out of the sources file.
 * @returns their references; none where none has ended.
 * @throws ConfigError naming what is wrong with the file or the source.
 */
export async function finishSecretRotation(
  path: string,
  name: string,
  now: number,
): Promise<{ removed: readonly RawReference[]; left: readonly RawReference[] }> {
  let result: { removed: readonly RawReference[]; left: readonly RawReference[] } = { removed: [], left: [] }
  await editSource(path, name, (source) => {
    const { source: next, removed } = finishRotation(source, now)
    result = { removed, left: next.secrets }
    return next
  })
  return result
}

type EditSource = (source: RawSource, entry: SourceEntry) => RawSource | Promise<RawSource>

/** Edits one entry and leaves the others as they stand. */
function editSource(path: string, name: string, edit: EditSource): Promise<void> {
  return editFile(path, async (text) => {
    const { entries, sources } = parse(path, text)
    const index = entries.findIndex((entry) => entry.name === name)
    const entry = entries[index]
    if (entry === undefined) throw new ConfigError(`The file ${path} has no source "${name}".`)
    const edited = await edit(sources[index] as RawSource, entry)
    const next = `${JSON.stringify({ sources: sources.with(index, edited) }, undefined, 2)}\n`
    parse(path, next)
    return next
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.syscall === undefined ? error : new ConfigError(`Cannot change ${error.path ?? path}: ${error.code}.`)
  })
}

/** Without its secrets: a person who edits has not all of them. */
function parse(path: string, text: string) {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new ConfigError(`The file ${path} is not valid JSON.`)
  }
  const file = sourcesFileSchema.safeParse(json)
  const parsed = file.success ? parseSourcesFile(file.data) : undefined
  if (!file.success || parsed === undefined) throw new ConfigError(`The file ${path} has no list of sources.`)
  if (!parsed.ok) throw new ConfigError(`The file ${path} is not valid: ${parsed.issues.join('; ')}.`)
  return { entries: parsed.entries, sources: file.data.sources }
}

function secretFor({ name, scheme }: SourceEntry, given: string | undefined): string {
  const secret = given ?? generateSecret(scheme)
  if (secret === undefined) {
    throw new ConfigError(
      `The provider of "${name}" makes its own secrets (scheme ${scheme.type}): have it make one and give it with --stdin.`,
    )
  }
  const problem = explainSecret(secret, createScheme(scheme))
  if (problem !== undefined) throw new ConfigError(`Standard input ${problem}.`)
  return secret
}

/** Beside the newest secret that has a file; otherwise in "secrets" beside the sources file. Named by source and time. */
function newFileName(name: string, secrets: readonly RawReference[], now: number): string {
  const last = secrets.findLast(({ file }) => file !== undefined)?.file
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  return join(last === undefined ? 'secrets' : dirname(last), `${name}.${stamp}`)
}
