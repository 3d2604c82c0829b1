import { expandAbbreviations, isSeparator } from './abbreviations.ts'
import { readTitle } from './read-title.ts'
import { MAX_TITLE_LENGTH, type Token, tokeniseTitle } from './tokenise-title.ts'

/** Ranks that a title may name before or after what they are over: "Director of Sales", "Sales Director". */
const MOVABLE_RANKS: ReadonlySet<Token> = new Set(['president', 'director', 'head', 'manager'])

/** What may stand before such a rank and belongs to it. */
const RANK_MODIFIERS: ReadonlySet<Token> = new Set([
  'senior',
  'executive',
  'vice',
  'assistant',
  'associate',
  'deputy',
  'group',
])

/** Words that tie a rank to its area and say nothing themselves. */
const TIES: ReadonlySet<Token> = new Set(['of', 'the'])

/**
 * Are these two spellings of one title? True for "VP Sales", "V.P. of Sales" and "Vice President, Sales". Errs towards
 * false: who calls a change cosmetic by this must not lose a promotion or a move. So a further word, another order of
 * words (but for a rank named before or after its area) and a short form with several meanings all make a difference,
 * and two titles are never the same if they are read with another rank, seniority or department: a "Manager, Product"
 * leads people, a "Product Manager" need not.
 */
export function isSameTitle(left: string, right: string): boolean {
  if (left === right) return true
  if (Math.max(left.length, right.length) > MAX_TITLE_LENGTH) return false
  if (canonicalForm(left) !== canonicalForm(right)) return false
  const [a, b] = [readTitle(left), readTitle(right)]
  return a.rank === b.rank && a.seniority === b.seniority && a.department === b.department
}

function canonicalForm(title: string): string {
  const tokens = expandAbbreviations(tokeniseTitle(title)).filter((token) => !TIES.has(token))
  const plain = tokens.map((token) => (token === '/' ? 'and' : isSeparator(token) ? ',' : token))
  return rankLast(withoutEmptyParts(plain)).join(' ')
}

/** One separator between two parts, none at the ends: "Sales (EMEA)" and "Sales, EMEA" are one. */
function withoutEmptyParts(tokens: readonly Token[]): Token[] {
  const kept = tokens.filter((token, at) => token !== ',' || (at > 0 && tokens[at - 1] !== ','))
  if (kept.at(-1) === ',') kept.pop()
  return kept
}

/** "vice president , sales" and "vice president sales" become "sales vice president"; several ranks stay in order. */
function rankLast(tokens: readonly Token[]): Token[] {
  const end = 1 + tokens.findIndex((token) => !RANK_MODIFIERS.has(token))
  const rank = tokens[end - 1]
  if (rank === undefined || !MOVABLE_RANKS.has(rank)) return [...tokens]
  const area = tokens.slice(tokens[end] === ',' ? end + 1 : end)
  const isWhole = area.length > 0 && area[0] !== 'and' && !area.includes(',')
  const isOneRole = !area.some((token) => MOVABLE_RANKS.has(token) || RANK_MODIFIERS.has(token))
  return isWhole && isOneRole ? [...area, ...tokens.slice(0, end)] : [...tokens]
}
