/** Something that JSON does not hold: what it is, and where. Never its value. */
export interface NotJson {
  readonly what: string
  readonly path: PropertyKey[]
}

/**
 * The first thing in a value that JSON would refuse or make something else of without a word: NaN becomes null, a Map {}.
 * Dates and whatever else says by `toJSON` how it is written pass; so does undefined as a property, which is left out.
 */
export function findNotJson(value: unknown, within: object[] = []): NotJson | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? undefined : { what: 'a number that is not finite', path: [] }
    case 'bigint':
    case 'function':
    case 'symbol':
      return { what: `a ${typeof value}`, path: [] }
    case 'object':
      return value === null ? undefined : findInObject(value, within)
    default:
      return undefined
  }
}

function findInObject(value: object, within: object[]): NotJson | undefined {
  if (typeof (value as { readonly toJSON?: unknown }).toJSON === 'function') {
    return value instanceof Date && Number.isNaN(value.getTime()) ? { what: 'an invalid date', path: [] } : undefined
  }
  if (within.includes(value)) return { what: 'a circle', path: [] }
  within.push(value)
  const found = Array.isArray(value) ? findInList(value, within) : findInFields(value, within)
  within.pop()
  return found
}

function findInList(list: readonly unknown[], within: object[]): NotJson | undefined {
  for (let at = 0; at < list.length; at += 1) {
    const item = list[at]
    const found = item === undefined ? { what: 'undefined in a list', path: [] } : findNotJson(item, within)
    if (found !== undefined) return under(at, found)
  }
  return undefined
}

function findInFields(value: object, within: object[]): NotJson | undefined {
  const keys = Object.keys(value)
  const prototype = Object.getPrototypeOf(value)
  // A plain object's prototype is the root, also where it comes from another realm.
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  // What an object of a class holds are its fields, as in a record that a codec decoded; one without any hides it.
  const isRecord = keys.length > 0 && Object.prototype.toString.call(value) === '[object Object]'
  if (!isPlain && !isRecord) return { what: `a ${prototype.constructor?.name ?? 'class'} object`, path: [] }
  for (const key of keys) {
    const found = findNotJson((value as Record<string, unknown>)[key], within)
    if (found !== undefined) return under(key, found)
  }
  return undefined
}

function under(key: PropertyKey, found: NotJson): NotJson {
  found.path.unshift(key)
  return found
}
