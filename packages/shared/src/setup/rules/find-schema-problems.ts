/** A parsed Avro schema, as loosely as JSON gives it. */
type Schema = string | readonly Schema[] | { readonly [key: string]: unknown }

/**
 * What our rules for messages have against a parsed Avro schema: a topic's value must be one record (no union at the
 * top), every record and field must be documented, and nothing may be an Avro enum, which cannot grow under
 * FULL_TRANSITIVE compatibility. Returns one sentence a problem, naming where it is; empty when all is well.
 */
export function findSchemaProblems(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return ['the value must be one record, not a union']
  if (!isObject(schema) || schema.type !== 'record') return ['the value must be a record']
  return inType(schema as Schema, String(schema.name))
}

function inType(type: Schema, path: string): string[] {
  if (typeof type === 'string') return []
  if (Array.isArray(type)) return type.flatMap((branch: Schema) => inType(branch, path))
  if (!isObject(type)) return []
  switch (type.type) {
    case 'enum':
      return [`${path} is an enum: use a string`]
    case 'array':
      return inType(type.items as Schema, `${path}[]`)
    case 'map':
      return inType(type.values as Schema, `${path}{}`)
    case 'record':
      return inRecord(type, path)
    default:
      return isObject(type.type) || Array.isArray(type.type) ? inType(type.type as Schema, path) : []
  }
}

function inRecord(record: { readonly [key: string]: unknown }, path: string): string[] {
  const fields = Array.isArray(record.fields) ? (record.fields as { name: string; doc?: unknown; type: Schema }[]) : []
  return [
    ...(isDocumented(record.doc) ? [] : [`${path} has no doc`]),
    ...fields.flatMap((field) => [
      ...(isDocumented(field.doc) ? [] : [`${path}.${field.name} has no doc`]),
      ...inType(field.type, `${path}.${field.name}`),
    ]),
  ]
}

const isDocumented = (doc: unknown) => typeof doc === 'string' && doc.trim() !== ''

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
