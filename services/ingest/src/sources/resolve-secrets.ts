import { dirname, resolve } from 'node:path'
import { readTextFile } from '@buyer-group/shared/config/read-text-file.ts'
import type { Scheme } from '../schemes/scheme.ts'
import type { SecretReference, SourceEntry } from './sources-file.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A secret's text, or what is wrong with it: its field and why, never its text. */
export type ResolvedSecret = { readonly reference: SecretReference } & (
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string }
)

/** Far more than any key takes. */
const MAX_SECRET_BYTES = 16 * 1024

/**
 * Looks the secrets of an entry up, in its order, and tries each with the entry's scheme. White space around a secret is
 * no part of it: files end with a line feed. Never throws.
 * @param path of the file that names them; relative paths count from its directory.
 */
export async function resolveSecrets(
  { secrets }: Pick<SourceEntry, 'secrets'>,
  scheme: Scheme,
  path: string,
  env: Environment,
): Promise<readonly ResolvedSecret[]> {
  const resolved: ResolvedSecret[] = []
  for (const [index, reference] of secrets.entries()) {
    const { env: variable, file } = reference
    const found = file === undefined ? fromEnvironment(variable ?? '', env) : await fromFile(secretPath(path, file))
    const problem = 'problem' in found ? found.problem : explainSecret(found.text, scheme)
    const field = `secrets[${index}].${file === undefined ? 'env' : 'file'}`
    if (problem !== undefined) resolved.push({ reference, ok: false, problem: `${field} ${problem}` })
    else if ('text' in found) resolved.push({ reference, ok: true, text: found.text })
  }
  return resolved
}

/** Where a secret's file is; `path` is that of the file that names it. */
export function secretPath(path: string, file: string): string {
  return resolve(dirname(path), file)
}

/** Why a text is no secret of a scheme; undefined where it is one. */
export function explainSecret(text: string, scheme: Scheme): string | undefined {
  try {
    scheme.toKey(text)
    return undefined
  } catch (error) {
    return `holds no secret of the scheme ${scheme.name}: ${(error as Error).message}`
  }
}

type Found = { readonly text: string } | { readonly problem: string }

function fromEnvironment(variable: string, env: Environment): Found {
  const text = env[variable]?.trim()
  return text ? { text } : { problem: `names the variable ${variable}, which is not set` }
}

/** Its name is not quoted: somebody may have put a secret in its place. */
async function fromFile(path: string): Promise<Found> {
  const read = await readTextFile(path, MAX_SECRET_BYTES)
  return read.ok ? { text: read.text.trim() } : { problem: `names a file that ${read.problem}` }
}
