import { isSeparator } from './abbreviations.ts'
import { list } from './phrase-list.ts'
import type { Token } from './tokenise-title.ts'

/**
 * What a word of a title speaks of: the person's own post, one that they serve ("Assistant to the CEO"), one that they
 * have left ("Former CEO"), or the company ("Head of Design at Acme").
 */
export type Scope = 'own' | 'served' | 'former' | 'company'

/** Who carries these words has left the post that follows, or only hopes for it. "Ex Officio" alone begins like one. */
const LEFT: ReadonlySet<Token> = new Set(
  list(`
  former, formerly, ex, past, previous, previously, ehemaliger, ehemalige, ancien, ancienne, anterior, aspiring, future
`),
)

/** The same, said after the post or before it: "CEO (retired)", "Professor Emeritus", "Retired CEO". */
const LEFT_BEFORE: ReadonlySet<Token> = new Set(['retired', 'ret', 'emeritus', 'emerita'])

/** Who carries these words works for the one named after "to", "for" or "of". */
const SERVANTS: ReadonlySet<Token> = new Set(
  list(`
  assistant, assistenz, assistent, assistentin, secretary, aide, adviser, advisor, associate, consultant, coach,
  coordinator, counselor, office, support, liaison, analyst, ea, pa, deputy, asistente, assistante, secretaria,
  secretaire, sekretarin, sekretariat, buro, recruiter
`),
)

/** Assistants whose chief needs no such word: "Executive Assistant, CFO". */
const PERSONAL_ASSISTANTS: ReadonlySet<string> = new Set([
  'executive assistant',
  'personal assistant',
  'executive secretary',
])

const SERVES = new Set<Token>(['to', 'for', 'of', 'der', 'des', 'de', 'du', 'del', 'a'])

/** "Direct to Consumer", "Order to Cash", "Go to Market": no one is served here. */
const NO_SERVANT_BEFORE_TO: ReadonlySet<Token> = new Set(
  list(`
  direct, business, go, order, procure, quote, lead, hire, record, source, path, peer, machine, face, text
`),
)

const COMPANY_FOLLOWS: ReadonlySet<Token> = new Set(['at', 'bei', 'chez'])

/** Punctuation that a served or former post does not reach over. */
const STRONG_SEPARATORS: ReadonlySet<Token> = new Set(['/', '|', ';', '(', ')', '-'])

/** Ranks that are not served: after a comma or "and" they are the person's own again ("EA to the CEO and Office Manager"). */
const OWN_AGAIN: ReadonlySet<Token> = new Set(['manager', 'supervisor', 'coordinator', 'analyst', 'administrator'])

/** The scope of each token, in order. Reads each token once, and the rest of its part at most twice more. */
export function scopesOf(tokens: readonly Token[]): Scope[] {
  const scopes: Scope[] = []
  let scope: Scope = 'own'
  for (const [at, token] of tokens.entries()) {
    if (endsScope(scope, tokens, at)) scope = 'own'
    const isLeft = LEFT_BEFORE.has(token)
    const isLast = isLeft && isEndOfPart(tokens[at + 1])
    if (isLast) markFormer(scopes, tokens)
    scopes.push(scope)
    scope = isLeft && !isLast && isEndOfPart(tokens[at - 1]) ? 'former' : scopeAfter(scope, tokens, at)
  }
  return scopes
}

function scopeAfter(scope: Scope, tokens: readonly Token[], at: number): Scope {
  const token = tokens[at] ?? ''
  const before = tokens[at - 1] ?? ''
  if (LEFT.has(token) && tokens[at + 1] !== 'officio') return 'former'
  if (scope !== 'own') return scope
  if (COMPANY_FOLLOWS.has(token) && tokens[at + 1] !== 'large') return 'company'
  if (token === 'supporting') return 'served'
  if (token === 'to') return NO_SERVANT_BEFORE_TO.has(before) ? 'own' : 'served'
  if (SERVES.has(token) && SERVANTS.has(before)) return 'served'
  return SERVANTS.has(token) && PERSONAL_ASSISTANTS.has(`${before} ${token}`) ? 'served' : 'own'
}

function endsScope(scope: Scope, tokens: readonly Token[], at: number): boolean {
  const token = tokens[at] ?? ''
  if (scope === 'own') return false
  if (STRONG_SEPARATORS.has(token)) return true
  if (token !== ',' && token !== 'and') return false
  if (scope === 'served') return isOwnAgain(tokens, at + 1)
  return token === ',' || scope === 'company'
}

function isOwnAgain(tokens: readonly Token[], start: number): boolean {
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at] ?? ''
    if (token === 'and' || token === 'to' || isSeparator(token)) return false
    if (OWN_AGAIN.has(token)) return true
  }
  return false
}

function isEndOfPart(token: Token | undefined): boolean {
  return token === undefined || isSeparator(token)
}

/** Marks what stands before "retired" as left, back to the last sign that parts two posts. */
function markFormer(scopes: Scope[], tokens: readonly Token[]): void {
  for (let at = scopes.length - 1; at >= 0; at--) {
    const token = tokens[at] ?? ''
    if (token === '/' || token === '|' || token === ';') return
    scopes[at] = 'former'
  }
}
