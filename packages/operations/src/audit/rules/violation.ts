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
    ids.partition,
    ids.sequence,
  ])
}

/** How many things were lost, or done twice: each once, however many violations tell of it. */
export function countEffect(violations: readonly Violation[], effect: 'lost' | 'twice'): number {
  const subjects = new Map(
    violations
      .filter(({ kind }) => VIOLATIONS[kind].effect === effect)
      .map(({ ids, count = 1 }) => [subjectOf(ids), count] as const),
  )
  return [...subjects.values()].reduce((sum, count) => sum + count, 0)
}

function subjectOf({ event, request, refresh, command, message, partition, company }: ViolationIds): string {
  // Two bodies under one id are two events; their messages tell them apart.
  if (event !== undefined) return JSON.stringify([event, message])
  return JSON.stringify(request ?? command ?? refresh ?? message ?? partition ?? company)
}
