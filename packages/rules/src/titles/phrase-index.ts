import type { Token } from './tokenise-title.ts'

/** Where a phrase stands in a row of tokens: from `start` up to, not including, `end`. */
export interface PhraseMatch<Value> {
  readonly value: Value
  readonly start: number
  readonly end: number
}

/** A trie of words: each node knows the words that may follow and what the phrase that ends here means. */
export interface PhraseIndex<Value> {
  readonly next: Map<Token, PhraseIndex<Value>>
  value: Value | undefined
}

/**
 * Builds the index of phrases (words in lower case, parted by one space). Throws where two entries have one phrase: the
 * later would silently win.
 */
export function indexPhrases<Value>(entries: Iterable<readonly [phrase: string, value: Value]>): PhraseIndex<Value> {
  const root: PhraseIndex<Value> = { next: new Map(), value: undefined }
  for (const [phrase, value] of entries) {
    let node = root
    for (const word of phrase.split(' ')) {
      const known = node.next.get(word)
      const following = known ?? { next: new Map(), value: undefined }
      if (known === undefined) node.next.set(word, following)
      node = following
    }
    if (node.value !== undefined) throw new Error(`The phrase "${phrase}" stands twice in the table: remove one.`)
    node.value = value
  }
  return root
}

/**
 * Finds phrases from left to right: at each place the longest one, and the next search begins after it. So a longer
 * phrase shields the words in it ("product owner" holds no "owner"). Linear in the tokens times the longest phrase.
 */
export function findPhrases<Value>(index: PhraseIndex<Value>, tokens: readonly Token[]): PhraseMatch<Value>[] {
  const matches: PhraseMatch<Value>[] = []
  for (let start = 0; start < tokens.length; ) {
    const match = longestAt(index, tokens, start)
    if (match !== undefined) matches.push(match)
    start = match?.end ?? start + 1
  }
  return matches
}

function longestAt<Value>(
  index: PhraseIndex<Value>,
  tokens: readonly Token[],
  start: number,
): PhraseMatch<Value> | undefined {
  let longest: PhraseMatch<Value> | undefined
  let node: PhraseIndex<Value> | undefined = index
  for (let at = start; at < tokens.length; at++) {
    node = node.next.get(tokens[at] ?? '')
    if (node === undefined) break
    if (node.value !== undefined) longest = { value: node.value, start, end: at + 1 }
  }
  return longest
}
