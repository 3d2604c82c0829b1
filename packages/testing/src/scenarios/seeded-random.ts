/** A number from 0 to below 1, the next of a row that its seed determines. */
export type Random = () => number

/** A small generator of pseudo-random numbers (mulberry32), so that a failing run can be repeated from its seed. */
export function seededRandom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function shuffled<Item>(items: readonly Item[], next: Random): Item[] {
  return items
    .map((item) => ({ item, order: next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item)
}

/** One of several. @throws RangeError where there is none. */
export function pick<Item>(items: readonly Item[], next: Random): Item {
  const item = items[Math.floor(next() * items.length)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}

/** A whole number from `min` to `max`, both included. */
export function between(min: number, max: number, next: Random): number {
  return min + Math.floor(next() * (max - min + 1))
}

/** The seed that the environment gives, or a new one; printed, so that what follows from it can be repeated. */
export function seedFrom(variable: string, title: string): number {
  const given = process.env[variable]
  const seed = given === undefined || given === '' ? Date.now() % 1_000_000_000 : Number(given)
  if (!Number.isSafeInteger(seed)) throw new Error(`${variable} is no whole number: ${given}`)
  console.log(`${title}: ${variable}=${seed}`)
  return seed
}
