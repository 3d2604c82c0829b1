import { expandAbbreviations, isSeparator } from './abbreviations.ts'
import { splitCompounds } from './compounds.ts'
import { type AreaMention, departmentBetween, findAreas } from './find-department.ts'
import { compareSeniority, findRanks, type RankMention } from './find-ranks.ts'
import { endOfRank } from './rank-context.ts'
import { RANKS, type RankName } from './ranks.ts'
import { scopesOf } from './scopes.ts'
import type { Department, Seniority } from './title-rules.ts'
import { type Token, tokeniseTitle } from './tokenise-title.ts'

/** What a title says, before it is put into levels. */
export interface ReadTitle {
  readonly seniority: Seniority
  /** The rank that the seniority comes from; undefined where the person holds none that is known. */
  readonly rank: RankName | undefined
  readonly department: Department
  /** Every rank that the title names, also those that the person serves or has left. */
  readonly mentions: readonly RankMention[]
}

/** One post of a title that names several ("VP Sales / Interim CRO"): its rank and the tokens it reaches over. */
interface Post {
  readonly mention: RankMention
  readonly start: number
  readonly end: number
}

/** Reads a title as classify-title.ts says, and tells the ranks it went by. */
export function readTitle(title: string): ReadTitle {
  const tokens = wordsOf(title)
  const scopes = scopesOf(tokens)
  const mentions = findRanks(tokens, scopes)
  const areas = findAreas(tokens, scopes)
  const held = mentions.filter(({ scope }) => scope === 'own')
  const posts = postsOf(held, tokens)
  const winner = highest(posts)
  return {
    seniority: winner?.mention.seniority ?? 'individual',
    rank: winner?.mention.rank,
    department: departmentOf(winner, posts, areas, tokens),
    mentions,
  }
}

/** The words of a title as the tables know them. */
export function wordsOf(title: string): Token[] {
  return splitCompounds(expandAbbreviations(tokeniseTitle(title))).filter((token) => token !== 'the')
}

/** The highest post, the first of equals. An intern is one whatever else the title names, but for a founder or a chief. */
function highest(posts: readonly Post[]): Post | undefined {
  const [first] = posts.toSorted((a, b) => compareSeniority(a.mention.seniority, b.mention.seniority))
  const intern = posts.find(({ mention }) => mention.seniority === 'intern')
  const isLeading = first !== undefined && compareSeniority(first.mention.seniority, 'c-suite') <= 0
  return intern === undefined || isLeading ? first : intern
}

/**
 * Each held rank with its words: from the last boundary (punctuation or "and") before it to the first boundary before
 * the next one. What stands before the first rank belongs to the first, what stands after the last to the last.
 */
function postsOf(held: readonly RankMention[], tokens: readonly Token[]): Post[] {
  const starts = held.map((mention, at) => {
    const previous = held[at - 1]
    return previous === undefined ? 0 : lastBoundary(tokens, previous.end, mention.start)
  })
  return held.map((mention, at) => ({ mention, start: starts[at] ?? 0, end: starts[at + 1] ?? tokens.length }))
}

function lastBoundary(tokens: readonly Token[], start: number, end: number): number {
  for (let at = end - 1; at >= start; at--) {
    if (tokens[at] === 'and' || isSeparator(tokens[at])) return at
  }
  return start
}

/** Of the highest post: in the rank's own words, then around it; then of the other posts; then what its rank implies. */
function departmentOf(
  winner: Post | undefined,
  posts: readonly Post[],
  areas: readonly AreaMention[],
  tokens: readonly Token[],
): Department {
  if (winner === undefined) return departmentBetween(areas, tokens, 0, tokens.length) ?? 'other'
  const { rank, start, end } = winner.mention
  const reach = rank === 'chief' ? Math.max(end + 1, endOfRank(rank, tokens, start, end)) : end
  const inRank = departmentBetween(areas, tokens, start, reach)
  return inRank ?? departmentOfPosts([winner, ...posts], areas, tokens) ?? RANKS[rank].department ?? 'other'
}

function departmentOfPosts(
  posts: readonly Post[],
  areas: readonly AreaMention[],
  tokens: readonly Token[],
): Department | undefined {
  for (const { mention, start, end } of posts) {
    const found = departmentBetween(areas, tokens, start, end)
    if (found !== undefined) return found
    const { department } = RANKS[mention.rank]
    if (department !== undefined && department !== 'executive') return department
  }
  return undefined
}
