import { createHash } from 'node:crypto'

/** The half of a labelled set that rules may be tuned on, and the half that only a final score may look at. */
export type Half = 'tuning' | 'held-out'

/**
 * Which half a title belongs to: the first byte of the SHA-256 of its key below 128 is the tuning half. It depends on
 * the title alone, not on the file or on the rules, so that spellings of one title never stand on both sides and nobody
 * can move a title across by changing the rules.
 */
export function halfOf(title: string): Half {
  const [first = 0] = createHash('sha256').update(splitKey(title)).digest()
  return first < 128 ? 'tuning' : 'held-out'
}

/**
 * What makes two rows one title here: NFKC, lower case, every run of other characters than letters and digits one
 * space. Deliberately not the folding that the rules use: that one may change, the split must not.
 */
export function splitKey(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
