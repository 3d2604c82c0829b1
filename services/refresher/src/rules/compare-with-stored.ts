import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'

/**
 * How a command stands to the group that is stored (guarantees.md, "refresher"):
 * - `superseded`: a later refresh covered it;
 * - `stored`: this very refresh is stored; publish it and finish what is left;
 * - `unpublished`: the stored one comes before, but its writer has not published it; that goes first, so that no
 *   difference is ever missing from the results;
 * - `replaceable`: go on.
 */
export type StoredComparison =
  | { readonly kind: 'superseded'; readonly by: number }
  | { readonly kind: 'stored' | 'unpublished'; readonly group: BuyerGroupDoc }
  | { readonly kind: 'replaceable' }

export function compareWithStored(
  command: Pick<RefreshCommand, 'sequence'>,
  refreshId: string,
  stored: BuyerGroupDoc | null,
): StoredComparison {
  if (stored === null) return { kind: 'replaceable' }
  if (stored.refreshId === refreshId) return { kind: 'stored', group: stored }
  if (stored.sequence >= command.sequence) return { kind: 'superseded', by: stored.sequence }
  return stored.publishedAt === null ? { kind: 'unpublished', group: stored } : { kind: 'replaceable' }
}
