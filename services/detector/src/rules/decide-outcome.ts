import type { EventDecision } from '@buyer-group/shared/mongo/collections.ts'
import type { OpenChange } from './sort-out-repeats.ts'

/** One decision with all the events it holds for. */
export interface GroupedDecision {
  readonly decision: EventDecision
  /** Idempotency keys. */
  readonly keys: readonly string[]
}

/**
 * What became of a change: it claimed the window of at least one of its companies, or an open window covers it.
 * @param claimed the commands that this batch claimed, by company.
 */
export function decideOutcome(change: OpenChange, claimed: ReadonlyMap<string, string>): EventDecision {
  const commandIds = change.waitingFor.flatMap((companyId) => claimed.get(companyId) ?? [])
  return { outcome: commandIds.length > 0 ? 'refresh' : 'coalesced', commandIds }
}

/** Gathers changes of the same decision, so that each decision is written once. */
export function groupDecisions(
  changes: readonly OpenChange[],
  claimed: ReadonlyMap<string, string>,
): readonly GroupedDecision[] {
  const groups = new Map<string, { decision: EventDecision; keys: string[] }>()
  for (const change of changes) {
    const decision = decideOutcome(change, claimed)
    const id = JSON.stringify(decision.commandIds)
    const group = groups.get(id)
    if (group === undefined) groups.set(id, { decision, keys: [change.item.key] })
    else group.keys.push(change.item.key)
  }
  return [...groups.values()]
}
