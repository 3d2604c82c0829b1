/** The deepest nesting of a payload that is taken; MongoDB refuses documents beyond 180 levels. */
export const MAX_PAYLOAD_DEPTH = 32

/** MongoDB's driver takes an object with this key for one of its own types. */
const BSON_TYPE_KEY = '_bsontype'

/**
 * What makes a parsed JSON payload impossible to store, whatever it means: nesting that is too deep, or a key
 * that BSON cannot hold (one with a NUL character) or misreads. Walks without recursion, so depth cannot exhaust the stack.
 * Returns the problem in words that hold nothing of the payload, or undefined.
 */
export function findPayloadProblem(payload: unknown): string | undefined {
  const stack: { value: unknown; depth: number }[] = [{ value: payload, depth: 1 }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, depth } = next
    if (typeof value !== 'object' || value === null) continue
    if (depth > MAX_PAYLOAD_DEPTH) return `must not be nested deeper than ${MAX_PAYLOAD_DEPTH} levels`
    for (const [key, child] of Object.entries(value)) {
      if (key.includes('\0')) return 'must not hold a key with a NUL character'
      if (key === BSON_TYPE_KEY) return `must not hold a key named ${BSON_TYPE_KEY}`
      stack.push({ value: child, depth: depth + 1 })
    }
  }
  return undefined
}
