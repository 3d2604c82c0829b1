import { misspellings } from './misspellings.ts'
import { SEPARATORS, type Token } from './tokenise-title.ts'

/**
 * Short forms and spellings with one meaning in a title, as [form, words]. Two titles that differ only by these are the
 * same title (same-title.ts), so a form that companies use for different posts (CPO, MD, PM) does not belong here but
 * among the phrases of ranks and departments.
 */
const SPELLINGS: ReadonlyArray<readonly [string, string]> = [
  ['ceo', 'chief executive officer'],
  ['cfo', 'chief financial officer'],
  ['coo', 'chief operating officer'],
  ['cto', 'chief technology officer'],
  ['cmo', 'chief marketing officer'],
  ['cio', 'chief information officer'],
  ['ciso', 'chief information security officer'],
  ['chro', 'chief human resources officer'],
  ['vp', 'vice president'],
  ['vicepresident', 'vice president'],
  ['svp', 'senior vice president'],
  ['evp', 'executive vice president'],
  ['gvp', 'group vice president'],
  ['rvp', 'regional vice president'],
  ['vpe', 'vice president engineering'],
  ['pres', 'president'],
  ['dir', 'director'],
  ['dirs', 'director'],
  ['directors', 'director'],
  ['mgr', 'manager'],
  ['mgrs', 'manager'],
  ['mngr', 'manager'],
  ['mng', 'managing'],
  ['managers', 'manager'],
  ['supv', 'supervisor'],
  ['supvr', 'supervisor'],
  ['sr', 'senior'],
  ['snr', 'senior'],
  ['jr', 'junior'],
  ['jnr', 'junior'],
  ['asst', 'assistant'],
  ['dy', 'deputy'],
  ['assoc', 'associate'],
  ['exec', 'executive'],
  ['govt', 'government'],
  ['natl', 'national'],
  ['intl', 'international'],
  ['div', 'division'],
  ['cofounder', 'co founder'],
  ['coowner', 'co owner'],
  ['chairman', 'chair'],
  ['chairwoman', 'chair'],
  ['chairperson', 'chair'],
  ['boardmember', 'board member'],
  ['adm', 'administration'],
  ['acct', 'account'],
  ['accts', 'accounts'],
  ['acctg', 'accounting'],
  ['fin', 'finance'],
  ['mktg', 'marketing'],
  ['mrktg', 'marketing'],
  ['mkt', 'marketing'],
  ['comms', 'communications'],
  ['eng', 'engineering'],
  ['engr', 'engineer'],
  ['engg', 'engineering'],
  ['dev', 'development'],
  ['bizdev', 'business development'],
  ['biz', 'business'],
  ['ops', 'operations'],
  ['devops', 'development operations'],
  ['revops', 'revenue operations'],
  ['secops', 'security operations'],
  ['mgmt', 'management'],
  ['mgt', 'management'],
  ['mngmt', 'management'],
  ['prog', 'program'],
  ['proj', 'project'],
  ['programme', 'program'],
  ['programmes', 'programs'],
  ['svc', 'service'],
  ['svcs', 'services'],
  ['tech', 'technology'],
  ['info', 'information'],
  ['infosec', 'information security'],
  ['hr', 'human resources'],
  ['it', 'information technology'],
  ['r&d', 'research development'],
  ['qa', 'quality assurance'],
  ['dept', 'department'],
  ['ecommerce', 'e commerce'],
  ['organisation', 'organization'],
  ['organisational', 'organizational'],
  ['centre', 'center'],
  ['und', 'and'],
  ['et', 'and'],
]

/** Roman numerals of grades; "I" alone is left, since it is also a word. */
const GRADES: ReadonlyArray<readonly [string, string]> = [
  ['ii', '2'],
  ['iii', '3'],
  ['iv', '4'],
]

const FORMS: ReadonlyMap<Token, readonly Token[]> = new Map(
  [...SPELLINGS, ...GRADES].map(([form, words]) => [form, words.split(' ')] as const),
)

/** A slip of a word that is itself written out ("cofouder") gives what that word gives. */
const SLIPS: ReadonlyMap<Token, readonly Token[]> = new Map(
  misspellings().map(([slip, word]) => [slip, FORMS.get(word) ?? [word]] as const),
)

/** Writes every short form out: ["sr", "dir", ",", "revops"] gives ["senior", "director", ",", "revenue", "operations"]. */
export function expandAbbreviations(tokens: readonly Token[]): Token[] {
  const written: Token[] = []
  for (const token of tokens) {
    const words = FORMS.get(token) ?? SLIPS.get(token)
    if (words === undefined) written.push(token)
    else written.push(...words)
  }
  return written
}

/** True for punctuation between parts; "and" is a word here, since it may stand inside a part ("sales and marketing"). */
export function isSeparator(token: Token | undefined): boolean {
  return token !== undefined && SEPARATORS.has(token)
}
