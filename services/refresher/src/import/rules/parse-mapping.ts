import { type Columns, FIELDS, type Field } from './directory-row.ts'

/**
 * Reads a column mapping written as `field=Column,field=Column`. A column's name may hold anything but a comma.
 * @throws Error saying what is wrong with it.
 */
export function parseMapping(text: string): Columns {
  const pairs = text.split(',').map((pair) => {
    const at = pair.indexOf('=')
    return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
  })
  return checkMapping(Object.fromEntries(pairs))
}

/**
 * Checks a mapping that was read from JSON: `{"field": "Column"}`.
 * @throws Error saying what is wrong with it.
 */
export function checkMapping(mapping: unknown): Columns {
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) {
    throw new Error('a mapping is an object of fields and their columns')
  }
  for (const [field, column] of Object.entries(mapping)) {
    if (!FIELDS.includes(field as Field)) {
      throw new Error(`a mapping has no field "${field}": the fields are ${FIELDS.join(', ')}`)
    }
    if (typeof column !== 'string' || column === '') throw new Error(`the mapping names no column for ${field}`)
  }
  return mapping
}
