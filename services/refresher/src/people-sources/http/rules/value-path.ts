import { z } from 'zod'

/** The keys that lead to a value, outermost first; none is the whole document. */
export type ValuePath = readonly string[]

/** A JSON pointer (RFC 6901: `/a/b`, `` for the whole) or a dotted path (`a.b`). */
export const valuePath = z
  .string()
  .max(1_000)
  .refine(
    (text) => text.startsWith('/') || !text.split('.').includes('') || text === '',
    'expected a path such as a.b or /a/b',
  )
  .refine((text) => !text.startsWith('/') || !/~(?![01])/.test(text), 'expected ~0 or ~1 after ~ in a JSON pointer')
  .transform((text): ValuePath => {
    if (text === '') return []
    if (!text.startsWith('/')) return text.split('.')
    return text
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  })

/** The value at a path of a parsed JSON document; undefined where the document has no such place. */
export function valueAt(document: unknown, path: ValuePath): unknown {
  let value = document
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return value
}
