import { isSeparator } from './abbreviations.ts'
import { findAreas } from './find-department.ts'
import { list } from './phrase-list.ts'
import type { RankName } from './ranks.ts'
import type { Token } from './tokenise-title.ts'

/** Professions whose chief is no officer of the company. */
const PROFESSIONS: ReadonlySet<Token> = new Set(
  list(`
    architect, engineer, accountant, designer, counsel, nurse, clerk, inspector, estimator, pilot, programmer, underwriter,
    appraiser, chemist, geologist, analyst, developer, pharmacist, technician, drafter, buyer, surveyor, actuary,
    administrator, controller, auditor, physicist, chef, cook, guide, judge, mate, operator, photographer, producer,
    resident, ranger, steward
  `),
)

/** How those who do a work with their hands or in an art are called: "Chair Mender", "Head Brewer", "Partner Planner". */
const AGENT_ENDING = /(?:er|or|ist|ian|man)$/

/** The longest "Chief ... Officer": so many words after "chief" still belong to it. */
const OFFICER_REACH = 7

/** So many words after "chief" may still say what they are chief of. */
const CHIEF_REACH = 4

/** What the rank named by the words from `start` up to `end` is by the words around it; `none` where it is no rank. */
export function rankInContext(rank: RankName, tokens: readonly Token[], start: number, end: number): RankName {
  switch (rank) {
    case 'chief':
      return tokens[start] === 'chief' ? chiefIn(tokens, start) : rank
    case 'head':
      return namesCraft(tokens, end) ? 'craft head' : rank
    case 'field of management':
      return restOfPart(tokens, end).length === 0 ? rank : 'none'
    case 'chair':
    case 'partner':
      return namesCraft(tokens, end) ? 'none' : rank
    default:
      return rank
  }
}

/**
 * Where the words of a rank end: a chief's with "officer" ("chief sales and marketing officer"), any other's where the
 * phrase does.
 */
export function endOfRank(rank: RankName, tokens: readonly Token[], start: number, end: number): number {
  if (rank !== 'chief') return end
  const officer = tokens
    .slice(start, start + OFFICER_REACH)
    .findIndex((token) => token === 'officer' || isSeparator(token))
  return officer < 0 || tokens[start + officer] !== 'officer' ? end : start + officer + 1
}

/** "Chief Technology Officer" and "Chief Evangelist", or "Chief Station Engineer", or "Intelligence Chief". */
function chiefIn(tokens: readonly Token[], start: number): RankName {
  const after = restOfPart(tokens, start + 1)
  if (after.length === 0) return start > 0 && !isBoundary(tokens[start - 1]) ? 'unit chief' : 'chief'
  const reach = after.slice(0, CHIEF_REACH)
  return !reach.includes('officer') && reach.some((word) => PROFESSIONS.has(word)) ? 'chief specialist' : 'chief'
}

/** Do the words after a rank name a craft rather than a department ("Head Brewer", not "Head of Design")? */
function namesCraft(tokens: readonly Token[], end: number): boolean {
  const after = restOfPart(tokens, end)
  const isOver = after.length === 0 || after[0] === 'of' || after[0] === 'for'
  if (isOver || !AGENT_ENDING.test(after.at(-1) ?? '')) return false
  const scopes = after.map(() => 'own' as const)
  return findAreas(after, scopes).length === 0
}

function restOfPart(tokens: readonly Token[], start: number): readonly Token[] {
  let end = start
  while (end < tokens.length && !isBoundary(tokens[end])) end += 1
  return tokens.slice(start, end)
}

function isBoundary(token: Token | undefined): boolean {
  return token === 'and' || isSeparator(token)
}
