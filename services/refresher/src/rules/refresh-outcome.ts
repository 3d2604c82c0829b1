import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { StoredComparison } from './compare-with-stored.ts'

/** `moved`: what the group was computed from has changed meanwhile; load again and recompute. A value, no exception. */
export type SaveOutcome = { readonly kind: 'saved'; readonly group: BuyerGroupDoc } | { readonly kind: 'moved' }

/** What a refresh did to a group, in numbers. */
export interface RefreshSummary {
  readonly refreshId: string
  readonly sequence: number
  /** How many. The same for the others. */
  readonly members: number
  readonly added: number
  readonly removed: number
  readonly changed: number
}

/**
 * What a run of the workflow comes to; plain JSON, stored as the output of its operation.
 * - `completed`; `cached`: the same, of a fresh group that was taken over;
 * - `republished`: its group was stored already, by an attempt before;
 * - `superseded`: a later refresh covers it;
 * - `again`: the stored group is another one by now, everything is looked at anew. Never the end of a run.
 */
export type RefreshOutcome =
  | ({ readonly outcome: 'completed' | 'cached' | 'republished' } & RefreshSummary)
  | { readonly outcome: 'superseded'; readonly supersededBy: number }
  | { readonly outcome: 'again' }

/** The group that is to be published: the stored one as it was found, or the one that was saved. None: nothing is. */
export function groupToPublish(standing: StoredComparison, saved: SaveOutcome | undefined): BuyerGroupDoc | undefined {
  if (standing.kind === 'stored' || standing.kind === 'unpublished') return standing.group
  return saved?.kind === 'saved' ? saved.group : undefined
}

/** @param isFresh whether the group was taken over from the stored one. */
export function refreshOutcome(
  standing: StoredComparison,
  saved: SaveOutcome | undefined,
  isFresh: boolean,
): RefreshOutcome {
  if (standing.kind === 'superseded') return { outcome: 'superseded', supersededBy: standing.by }
  if (standing.kind === 'stored') return { outcome: 'republished', ...summarise(standing.group) }
  if (saved?.kind !== 'saved') return { outcome: 'again' }
  return { outcome: isFresh ? 'cached' : 'completed', ...summarise(saved.group) }
}

export function summarise({ refreshId, sequence, members, added, removed, changed }: BuyerGroupDoc): RefreshSummary {
  return {
    refreshId,
    sequence,
    members: members.length,
    added: added.length,
    removed: removed.length,
    changed: changed.length,
  }
}
