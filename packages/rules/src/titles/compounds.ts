import type { Token } from './tokenise-title.ts'

/** Last parts of German compounds that name a rank or a trade; what stands before them is what it is about. */
const COMPOUND_HEADS: readonly Token[] = [
  'leiterin',
  'leitung',
  'leiter',
  'direktorin',
  'direktor',
  'managerin',
  'manager',
  'berater',
  'beraterin',
  'assistentin',
  'assistent',
  'assistenz',
  'mitarbeiterin',
  'mitarbeiter',
  'referentin',
  'referent',
  'praktikantin',
  'praktikant',
  'ingenieurin',
  'ingenieur',
  'entwicklerin',
  'entwickler',
  'chef',
  'manageren',
  'spezialist',
  'spezialistin',
  'controller',
]

/** First parts, as they stand in a compound, and the words they mean. Compounds of others are left whole. */
const COMPOUND_AREAS: ReadonlyMap<Token, readonly Token[]> = new Map([
  ['vertriebs', ['sales']],
  ['vertrieb', ['sales']],
  ['verkaufs', ['sales']],
  ['sales', ['sales']],
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
 * Parts a German compound at its last noun: "vertriebsleiter" gives ["sales", "leiter"]. Words that are no such compound
 * stay as they are.
 */
export function splitCompounds(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => {
    for (const head of COMPOUND_HEADS) {
      if (!token.endsWith(head)) continue
      const areas = COMPOUND_AREAS.get(token.slice(0, -head.length))
      if (areas !== undefined) return [...areas, head]
    }
    return [token]
  })
}
