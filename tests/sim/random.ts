/** Numbers that follow from a seed alone (sfc32, by Chris Doty-Humphrey): the same seed gives the same run everywhere. */
export interface Random {
  /** From 0 up to but not 1. */
  next(): number
  /** A whole number from 0 up to but not `limit`. */
  below(limit: number): number
  /** True as often as `probability` says. */
  chance(probability: number): boolean
  /** @throws RangeError for an empty list. */
  pick<Item>(items: readonly Item[]): Item
}

export function createRandom(seed: number): Random {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, seed | 0, 1]
  const nextInteger = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let warmUp = 0; warmUp < 15; warmUp += 1) nextInteger()
  const next = () => nextInteger() / 2 ** 32
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: <Item>(items: readonly Item[]) => {
      if (items.length === 0) throw new RangeError('nothing to pick from')
      return items[below(items.length)] as Item
    },
  }
}
