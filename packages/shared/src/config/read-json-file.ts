import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { z } from 'zod'

export interface JsonFileOptions<Schema extends z.ZodType> {
  readonly path: string
  readonly schema: Schema
  readonly maxBytes: number
}

/** The file's value, or why it has none: words that go on after the file's name. */
export type JsonFileRead<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string }

/** Issues named in one problem; a file that is something else altogether has thousands. */
const MAX_ISSUES = 20

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this process',
}

/**
 * Reads a file of UTF-8 JSON and holds it against the schema. Never throws; a problem names every issue with its path
 * in the file and quotes none of its values, which may be secrets.
 */
export async function readJsonFile<Schema extends z.ZodType>(
  options: JsonFileOptions<Schema>,
): Promise<JsonFileRead<z.output<Schema>>> {
  try {
    const json = parseJson(await readText(options.path, options.maxBytes))
    const parsed = options.schema.safeParse(json)
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, problem: describeIssues(parsed.error) }
  } catch (error) {
    return { ok: false, problem: error instanceof FileProblem ? error.message : describeFailure(error) }
  }
}

class FileProblem extends Error {}

/** Neither a size that grows while it is read nor a pipe that never ends takes more than the limit. */
async function readText(path: string, maxBytes: number): Promise<string> {
  if (!(await stat(path)).isFile()) throw new FileProblem('is not a regular file')
  const bytes = await buffer(createReadStream(path, { end: maxBytes }))
  if (bytes.length > maxBytes) throw new FileProblem(`is larger than ${maxBytes} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new FileProblem('is not UTF-8 text')
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser's own words quote the text around the place.
    const place = /line \d+ column \d+/.exec(String(error))?.[0]
    throw new FileProblem(`is not valid JSON${place === undefined ? '' : `: see ${place}`}`)
  }
}

function describeIssues({ issues }: z.ZodError): string {
  const named = issues.slice(0, MAX_ISSUES).map(({ path, message }) => {
    const place = z.core.toDotPath(path)
    return place === '' ? message : `${place}: ${message}`
  })
  const rest = issues.length - named.length
  return `is not valid: ${named.join('; ')}${rest === 0 ? '' : `; and ${rest} more`}`
}

function describeFailure(error: unknown): string {
  const code = String((error as { code?: unknown } | null)?.code ?? 'unknown error')
  return REASONS[code] ?? `cannot be read (${code})`
}
