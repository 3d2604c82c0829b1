import { compilePolicy } from './compile-policy.ts'
import type { SignificancePolicy } from './significance-policy.ts'
import { DEFAULT_SIGNIFICANT_TYPES } from './significant-types.ts'

/** What is wrong with one significant type of a policy, and its place in the list. */
export interface TypeProblem {
  readonly index: number
  readonly message: string
}

/** A transposition, or two letters that are wrong, missing or too many. */
const MOST_SLIPS = 2

const CONTRACT_TYPES: ReadonlySet<string> = new Set(DEFAULT_SIGNIFICANT_TYPES)

/**
 * The significant types that a policy names in vain: those that look like a slip for one of the contract's four, and
 * those of events that are untrusted whatever their source, which become one of the four or nothing.
 */
export function findVainTypes(policy: SignificancePolicy): TypeProblem[] {
  const isNamed = namedByRules(policy)
  const { isTrusted } = compilePolicy({ ...policy, untrusted: policy.untrusted.filter(({ sources }) => !sources) })
  return policy.significantTypes.flatMap((type, index): TypeProblem[] => {
    if (CONTRACT_TYPES.has(type)) return []
    const meant = isNamed(type) ? undefined : nearest(type, DEFAULT_SIGNIFICANT_TYPES)
    if (meant !== undefined) {
      return [
        { index, message: `did you mean ${meant}? For events that are really called so, name the type as untrusted` },
      ]
    }
    const message = `never applies: events of this type are untrusted and become one of the four of the contract, or none`
    return isTrusted(type, '') ? [] : [{ index, message }]
  })
}

/**
 * What a policy names that may be a slip and cannot be refused, since only providers know what they send: significant
 * types beyond the contract's four that no rule names either, and sources that ingest does not take.
 * @param sources the names of the sources that ingest takes; undefined where that is not known.
 * @returns one sentence for each.
 */
export function warnAboutPolicy(policy: SignificancePolicy, sources: readonly string[] | undefined): string[] {
  const isNamed = namedByRules(policy)
  const types = policy.significantTypes
    .filter((type) => !CONTRACT_TYPES.has(type) && !isNamed(type))
    .map((type) => `significantTypes names ${type}: it counts only if a source sends events of exactly this type`)
  const unknown = policy.untrusted.flatMap((rule, index) =>
    (rule.sources ?? []).flatMap((source) => {
      if (sources === undefined || sources.includes(source)) return []
      const meant = nearest(source, sources)
      const hint = meant === undefined ? '' : `: did you mean ${meant}?`
      return [`untrusted.${index}.sources names ${source}, which is not in WEBHOOK_SOURCES${hint}`]
    }),
  )
  return [...types, ...unknown]
}

/** Does some rule's list of types name a type, whatever the rule's sources? */
function namedByRules(policy: SignificancePolicy): (type: string) => boolean {
  const untrusted = policy.untrusted.flatMap(({ types }) => (types === undefined ? [] : [{ types }]))
  const { isTrusted } = compilePolicy({ ...policy, untrusted })
  return (type) => !isTrusted(type, '')
}

function nearest(word: string, known: readonly string[]): string | undefined {
  const [closest] = known
    .map((candidate) => ({ candidate, slips: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((left, right) => left.slips - right.slips)
  return closest !== undefined && closest.slips <= MOST_SLIPS ? closest.candidate : undefined
}

/** Letters that must be added, left out or replaced to make one word of the other (Levenshtein). */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at)
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + Number(left[i - 1] !== right[j - 1])
      next[j] = Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
    }
    row = next
  }
  return row[right.length] ?? 0
}
