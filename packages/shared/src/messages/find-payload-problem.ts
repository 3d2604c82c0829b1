/** The deepest nesting of a payload that is taken; MongoDB refuses documents beyond 180 levels. */
export const MAX_PAYLOAD_DEPTH = 32

/** The most fields and elements of a payload at all levels together: one of 256 KiB with more is nothing but brackets and commas. */
export const MAX_PAYLOAD_VALUES = 20_000

/**
 * Keys that are never data: MongoDB's driver takes an object with the first for one of its own types, and copying an object
 * with the second the usual way gives it another prototype.
 */
const REFUSED_KEYS: ReadonlySet<string> = new Set(['_bsontype', '__proto__'])

/**
 * What makes a parsed JSON payload impossible to store, or costly to handle, whatever it means: nesting that is too deep,
 * too many values, or a key that BSON cannot hold (one with a NUL character) or that some code misreads. Walks without
 * recursion, so depth cannot exhaust the stack, and no further than the first problem.
 * Returns the problem in words that hold nothing of the payload, or undefined.
 */
export function findPayloadProblem(payload: unknown): string | undefined {
  if (!isNested(payload)) return undefined
  const stack = [{ value: payload, depth: 1 }]
  let count = 0
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, depth } = next
    if (depth > MAX_PAYLOAD_DEPTH) return `must not be nested deeper than ${MAX_PAYLOAD_DEPTH} levels`
    const children = Object.values(value)
    count += children.length
    if (count > MAX_PAYLOAD_VALUES) return `must not hold more than ${MAX_PAYLOAD_VALUES} values`
    if (!Array.isArray(value)) {
      for (const key of Object.keys(value)) {
        if (key.includes('\0')) return 'must not hold a key with a NUL character'
        if (REFUSED_KEYS.has(key)) return `must not hold a key named ${key}`
      }
    }
    for (const child of children) if (isNested(child)) stack.push({ value: child, depth: depth + 1 })
  }
  return undefined
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
