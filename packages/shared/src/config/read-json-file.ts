import { z } from 'zod'
import { readTextFile } from './read-text-file.ts'

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

/**
 * Reads a file of UTF-8 JSON and holds it against the schema. Never throws; a problem names every issue with its path
 * in the file and quotes none of its values, which may be secrets.
 */
export async function readJsonFile<Schema extends z.ZodType>(
  options: JsonFileOptions<Schema>,
): Promise<JsonFileRead<z.output<Schema>>> {
  const read = await readTextFile(options.path, options.maxBytes)
  if (!read.ok) return read
  const json = parseJson(read.text)
  if (!json.ok) return json
  const parsed = options.schema.safeParse(json.value)
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, problem: invalid(describeIssues(parsed.error)) }
}

function parseJson(text: string): JsonFileRead<unknown> {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    // The parser's own words quote the text around the place.
    const place = /line \d+ column \d+/.exec(String(error))?.[0]
    return { ok: false, problem: `is not valid JSON${place === undefined ? '' : `: see ${place}`}` }
  }
}

/** Every issue with its path, in words that quote no value. */
export function describeIssues({ issues }: z.ZodError): string[] {
  return issues.map(({ path, message }) => {
    const place = z.core.toDotPath(path)
    return place === '' ? message : `${place}: ${message}`
  })
}

/** What is wrong with the content of a file, the first of it where there is very much. */
export function invalid(issues: readonly string[]): string {
  const rest = issues.length - MAX_ISSUES
  return `is not valid: ${issues.slice(0, MAX_ISSUES).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`
}
