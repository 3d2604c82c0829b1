import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import { knowsAlready, mergePositions, positionOf } from './merge-positions.ts'
import type { PositionChange } from './person-sighting.ts'

export interface FoldedPositions {
  /** Every position as it stands after the changes, by personId. */
  readonly positions: ReadonlyMap<string, PositionDoc>
  /** The changes that the stored positions do not know yet. */
  readonly news: readonly PositionChange[]
}

/**
 * Folds changes of one company over its stored positions: last writer wins, by instant and then by idempotency key.
 * The end does not depend on the order of the changes, nor on repeats, nor on what was folded before.
 */
export function foldChanges(stored: readonly PositionDoc[], changes: readonly PositionChange[]): FoldedPositions {
  const before = new Map(stored.map((position) => [position.personId, position]))
  const positions = new Map(before)
  for (const change of changes) {
    const known = positions.get(change.personId)
    const told = positionOf(change)
    positions.set(change.personId, known === undefined ? told : mergePositions(known, told))
  }
  const news = changes.filter((change) => {
    const known = before.get(change.personId)
    return known === undefined || !knowsAlready(known, positionOf(change))
  })
  return { positions, news }
}
