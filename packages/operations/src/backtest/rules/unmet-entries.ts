import { compilePolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import type { SignificancePolicy } from '@buyer-group/rules/significance/significance-policy.ts'
import { DEFAULT_SIGNIFICANT_TYPES } from '@buyer-group/rules/significance/significant-types.ts'
import type { TypeRow } from './backtest-report.ts'

type Seen = Pick<TypeRow, 'type' | 'source'>

const CONTRACT_TYPES: ReadonlySet<string> = new Set(DEFAULT_SIGNIFICANT_TYPES)

/**
 * The types and sources that a policy names beyond the contract's four types and that none of these events has: slips,
 * perhaps, which do nothing.
 * @returns each with its place in the file.
 */
export function unmetEntries({ significantTypes, untrusted }: SignificancePolicy, seen: readonly Seen[]): string[] {
  const isMet = (rule: SignificancePolicy['untrusted'][number]) => {
    const { isTrusted } = compilePolicy({ significantTypes: [], untrusted: [rule], ignoreCosmetic: false })
    return seen.some(({ type, source }) => !isTrusted(type, source))
  }
  const types = significantTypes.filter((type) => !CONTRACT_TYPES.has(type) && !seen.some((row) => row.type === type))
  return [
    ...types.map((type) => `significantTypes ${type}`),
    ...untrusted.flatMap((rule, index) => [
      ...(rule.types ?? [])
        .filter((type) => !isMet({ ...rule, types: [type] }))
        .map((type) => `untrusted.${index}.types ${type}`),
      ...(rule.sources ?? [])
        .filter((source) => !isMet({ ...rule, sources: [source] }))
        .map((source) => `untrusted.${index}.sources ${source}`),
    ]),
  ]
}
