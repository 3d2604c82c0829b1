import { isSeparator } from './abbreviations.ts'
import { findPhrases, indexPhrases, type PhraseMatch } from './phrase-index.ts'
import { list } from './phrase-list.ts'
import { endOfRank, rankInContext } from './rank-context.ts'
import { RANKS, type RankName } from './ranks.ts'
import type { Scope } from './scopes.ts'
import { SENIORITIES, type Seniority } from './title-rules.ts'
import type { Token } from './tokenise-title.ts'

/** One rank that a title names. */
export interface RankMention {
  readonly rank: RankName
  readonly start: number
  readonly end: number
  /** `own` and `held` are one: whose post it is (scopes.ts). */
  readonly scope: Scope
  /** With what makes a chief's post less than one taken into account: a deputy CFO is none of the c-suite. */
  readonly seniority: Seniority
}

const RANK_INDEX = indexPhrases(
  Object.entries(RANKS).flatMap(([name, { phrases }]) => phrases.map((phrase) => [phrase, name as RankName] as const)),
)

/** Before a chief or a head they make its bearer the one below; an associate director is a director all the same. */
const DEPUTIES: ReadonlySet<Token> = new Set(
  list(`
  deputy, assistant, associate, sub, under, vice, stellvertretender, stellvertretende, stellv, stv, adjoint,
  adjointe, adjunto, adjunta
`),
)

const ONE_BELOW: Partial<Record<Seniority, Seniority>> = { 'c-suite': 'vp', head: 'director' }

/** Who works in the office of a chief is none: "CTO Office", "CEO's Assistant". */
const SURROUNDINGS: ReadonlySet<Token> = new Set(
  list(`
  office, group, team, assistant, secretary, aide, club, circle, associate
`),
)

/** Who and what serves officers: "CFO Advisory". After another rank it is an area or a craft ("VP Advisory", "Chief Coach"). */
const FOR_OFFICERS: ReadonlySet<Token> = new Set(['advisory', 'advisor', 'adviser', 'coach', 'recruiter'])

/** A title with one of these speaks of a doctor where it says "MD". */
const MEDICAL: ReadonlySet<Token> = new Set(
  list(`
  phd, physician, surgeon, professor, medicine, medical, doctor, facs, mph, mba, psychiatrist, pediatrician,
  radiologist, hospitalist, clinical, anesthesiologist, cardiologist, resident
`),
)

/** Finds the ranks that a title names, from left to right; phrases that only look like one are left out. */
export function findRanks(tokens: readonly Token[], scopes: readonly Scope[]): RankMention[] {
  const isMedical = tokens.some((token) => MEDICAL.has(token))
  return findPhrases(RANK_INDEX, tokens)
    .map((match) => ({ ...match, value: rankInContext(match.value, tokens, match.start, match.end) }))
    .filter(({ value }) => value !== 'none' && !(value === 'md' && isMedical))
    .map((match) => toMention(match, tokens, scopes))
}

/** The higher of two seniorities comes first. */
export function compareSeniority(left: Seniority, right: Seniority): number {
  return SENIORITIES.indexOf(left) - SENIORITIES.indexOf(right)
}

function toMention(
  { value: rank, start, end }: PhraseMatch<RankName>,
  tokens: readonly Token[],
  scopes: readonly Scope[],
): RankMention {
  const seniority = RANKS[rank].seniority
  const own = scopes[start] ?? 'own'
  const isOthers = isSurroundings(rank, tokens, endOfRank(rank, tokens, start, end))
  const scope = own === 'own' && isOthers ? 'served' : own
  const isDeputy = DEPUTIES.has(tokens[start - 1] ?? '')
  return { rank, start, end, scope, seniority: (isDeputy && ONE_BELOW[seniority]) || seniority }
}

/** Does the part end with one word after `end` that makes the rank somebody else's? A "senior associate" serves no senior. */
function isSurroundings(rank: RankName, tokens: readonly Token[], end: number): boolean {
  const word = tokens[end] ?? ''
  const after = tokens[end + 1]
  const isOfficer = rank === 'chief' && tokens[end - 1] !== 'chief'
  const isNear = SURROUNDINGS.has(word) ? RANKS[rank].seniority !== 'senior' : isOfficer && FOR_OFFICERS.has(word)
  return isNear && (after === undefined || after === 'and' || isSeparator(after))
}
