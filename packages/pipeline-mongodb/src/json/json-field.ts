/** A JSON text as two fields of a document: a value for readers, and the text where the value does not give it back. */
export interface JsonField {
  readonly value: unknown
  readonly text?: string
}

/** Longer ones are kept as text alone: BSON can be seven times as long as the JSON of the same list. */
const MAX_DOCUMENT_LENGTH = 128 * 1_024

/** Below the 100 levels that MongoDB allows to a document. */
const MAX_DEPTH = 32

/**
 * What to store of a JSON text, or of the empty one that stands for no value. `describe` gives readers another value than the parsed one.
 * @throws SyntaxError where it is no JSON.
 */
export function toJsonField(text: string, describe?: (value: unknown) => unknown): JsonField {
  if (text === '' || (describe === undefined && text.length > MAX_DOCUMENT_LENGTH)) return { value: null, text }
  const parsed: unknown = JSON.parse(text)
  const value = describe === undefined ? parsed : describe(parsed)
  const shown = JSON.stringify(value)
  if (shown === undefined || shown.length > MAX_DOCUMENT_LENGTH || !isStorable(value)) return { value: null, text }
  return shown === text ? { value } : { value, text }
}

/** The text that a field was made of. */
export function fromJsonField(value: unknown, text: string | undefined): string {
  return text ?? JSON.stringify(value)
}

/** Does MongoDB give back what it was given, and do query tools read it as what it is? */
function isStorable(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  if (depth === MAX_DEPTH) return false
  if (Array.isArray(value)) return value.every((item) => isStorable(item, depth + 1))
  return Object.entries(value).every(([name, item]) => isPlainName(name) && isStorable(item, depth + 1))
}

/** Dots and dollars mean something in queries, a NUL ends a name in BSON, and the driver reads these two for itself. */
function isPlainName(name: string): boolean {
  if (name === '__proto__' || name === '_bsontype') return false
  return name.isWellFormed() && !name.startsWith('$') && !name.includes('.') && !name.includes('\u0000')
}
