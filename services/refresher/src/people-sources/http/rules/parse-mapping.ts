import { type Mapping, mappingSchema } from './mapping.ts'

/**
 * Reads a mapping file's text.
 * @throws Error saying in one clause what is wrong with it and where.
 */
export function parseMapping(text: string): Mapping {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw new Error('it is no JSON')
  }
  const parsed = mappingSchema.safeParse(document)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `
  throw new Error(`${place}${issue?.message ?? 'it is not valid'}`)
}
