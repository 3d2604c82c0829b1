import { list } from './phrase-list.ts'
import type { Token } from './tokenise-title.ts'

/** Last parts of compounds that name a rank, whatever stands before them, and the word that it has in the tables. */
const RANK_HEADS: ReadonlyMap<Token, Token> = new Map([
  ['leiterin', 'leiter'],
  ['leitung', 'leiter'],
  ['leiter', 'leiter'],
  ['leider', 'leiter'],
  ['ledare', 'leiter'],
  ['leder', 'leiter'],
  ['chef', 'leiter'],
  ['sjef', 'leiter'],
  ['directeur', 'directeur'],
  ['direktorin', 'direktor'],
  ['direktor', 'direktor'],
  ['inhaberin', 'inhaber'],
  ['inhaber', 'inhaber'],
  ['vorstand', 'vorstand'],
  ['vorsitzender', 'vorsitzender'],
  ['vorsitzende', 'vorsitzender'],
  ['managerin', 'manager'],
  ['manager', 'manager'],
])

/** Last parts that name a trade: only after a first part that is known, since so much else ends like them. */
const TRADE_HEADS: readonly Token[] = list(`
  berater, beraterin, assistent, assistentin, assistenz, mitarbeiter, mitarbeiterin, referent, referentin, praktikant,
  praktikantin, ingenieur, ingenieurin, entwickler, entwicklerin, spezialist, spezialistin, controller
`)

/** So many last letters tell nearly every word that is no compound: every ending above is at least as long. */
const TAIL = 4

interface Ending {
  readonly ending: Token
  readonly rank: Token | undefined
}

const ENDINGS_BY_TAIL: ReadonlyMap<string, readonly Ending[]> = Map.groupBy(
  [
    ...Array.from(RANK_HEADS, ([ending, rank]) => ({ ending, rank })),
    ...TRADE_HEADS.map((ending) => ({ ending, rank: undefined })),
  ],
  ({ ending }) => ending.slice(-TAIL),
)

/** Words that end like a leader and are none, or are a rank of their own in the tables. */
const WHOLE: ReadonlySet<Token> = new Set(
  list(`
    projektleiter, projektleiterin, projektleitung, projectleider, projektledare, projektleder, prosjektleder, teamleiter,
    teamleiterin, teamleitung, teamleider, teamleder, gruppenleiter, gruppenleiterin, gruppenleitung, filialleiter,
    filialleiterin, schichtleiter, geschaftsleitung, geschaeftsleitung, anleitung, einleitung, accountmanager,
    produktmanager, produktmanagerin, projektmanager, projektmanagerin, artdirektor, halbleiter, rohrleitung
  `),
)

/** First parts, as they stand in a compound, and the words they mean. Compounds of others are left whole. */
const COMPOUND_AREAS: ReadonlyMap<Token, readonly Token[]> = new Map([
  ['vertriebs', ['sales']],
  ['vertrieb', ['sales']],
  ['verkaufs', ['sales']],
  ['sales', ['sales']],
  ['salgs', ['sales']],
  ['marketing', ['marketing']],
  ['kommunikations', ['communications']],
  ['personal', ['human', 'resources']],
  ['hr', ['human', 'resources']],
  ['einkaufs', ['purchasing']],
  ['produktions', ['production']],
  ['entwicklungs', ['research', 'development']],
  ['software', ['software']],
  ['forschungs', ['research']],
  ['finanz', ['finance']],
  ['it', ['information', 'technology']],
  ['edv', ['information', 'technology']],
  ['logistik', ['logistics']],
  ['lager', ['warehouse']],
  ['werks', ['plant']],
  ['werk', ['plant']],
  ['betriebs', ['operations']],
  ['qualitats', ['quality']],
  ['kunden', ['customer']],
  ['kundendienst', ['customer', 'service']],
  ['service', ['service']],
  ['rechts', ['legal']],
  ['bereichs', ['division']],
  ['technik', ['technology']],
  ['regional', ['regional']],
  ['gebiets', ['territory']],
  ['verwaltungs', ['administration']],
  ['system', ['system']],
])

/**
 * Parts a German, Dutch or Scandinavian compound at its last noun: "vertriebsleiter" gives ["sales", "leiter"]. Words
 * that are no such compound stay as they are.
 */
export function splitCompounds(tokens: readonly Token[]): Token[] {
  const parts: Token[] = []
  for (const token of tokens) {
    const endings = ENDINGS_BY_TAIL.get(token.slice(-TAIL))
    if (endings === undefined || WHOLE.has(token)) parts.push(token)
    else parts.push(...splitCompound(token, endings))
  }
  return parts
}

function splitCompound(token: Token, endings: readonly Ending[]): readonly Token[] {
  for (const { ending, rank } of endings) {
    const first = token.endsWith(ending) ? token.slice(0, -ending.length) : ''
    const areas = COMPOUND_AREAS.get(first)
    if (areas !== undefined) return [...areas, rank ?? ending]
    if (rank !== undefined && first !== '') return [first, rank]
  }
  return [token]
}
