import { VIOLATIONS, type Violation, type ViolationIds, type ViolationKind } from './audit-report.ts'

export function violation(kind: ViolationKind, ids: ViolationIds, sentence: string): Violation {
  return { kind, invariants: VIOLATIONS[kind].invariants, ids, sentence }
}

/** What a violation is about: two reports that name the same thing agree on it. */
export function identityOf({ kind, ids }: Violation): string {
  return JSON.stringify([
    kind,
    ids.event,
    ids.company,
    ids.command,
    ids.request,
    ids.refresh,
    ids.message,
    ids.sequence,
  ])
}

/** How many things were lost, or done twice: each once, however many violations tell of it. */
export function countEffect(violations: readonly Violation[], effect: 'lost' | 'twice'): number {
  const subjects = violations
    .filter(({ kind }) => VIOLATIONS[kind].effect === effect)
    .map(({ ids: { event, request, refresh, command, message, company } }) =>
      // Two bodies under one id are two events; their messages tell them apart.
      JSON.stringify(event === undefined ? (request ?? command ?? refresh ?? message ?? company) : [event, message]),
    )
  return new Set(subjects).size
}
