/** Kafka's seed and mixing constant (`Utils.murmur2` of its Java client). */
const SEED = 0x9747b28c
const MIX = 0x5bd1e995

/** The hash by which Kafka's producers choose partitions, as a signed 32-bit number. */
export function murmur2(bytes: Uint8Array): number {
  const at = (index: number) => bytes[index] as number
  const { length } = bytes
  const wholeSteps = length - (length % 4)
  let hash = SEED ^ length
  for (let index = 0; index < wholeSteps; index += 4) {
    const word = at(index) | (at(index + 1) << 8) | (at(index + 2) << 16) | (at(index + 3) << 24)
    const mixed = Math.imul(word, MIX)
    hash = Math.imul(hash, MIX) ^ Math.imul(mixed ^ (mixed >>> 24), MIX)
  }
  if (wholeSteps < length) {
    for (let index = length - 1; index >= wholeSteps; index -= 1) hash ^= at(index) << (8 * (index - wholeSteps))
    hash = Math.imul(hash, MIX)
  }
  hash = Math.imul(hash ^ (hash >>> 13), MIX)
  return hash ^ (hash >>> 15)
}
