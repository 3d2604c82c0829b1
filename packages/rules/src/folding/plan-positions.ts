import type { PositionDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { FoldedPositions } from './fold-changes.ts'

/** A position that changes: as it was read (null for a new one) and as it must become. */
export interface PositionWrite {
  readonly before: PositionDoc | null
  readonly after: PositionDoc
}

/** What of the folded positions must be written: those that some change is news to. */
export function planPositions(
  stored: readonly PositionDoc[],
  { positions, news }: FoldedPositions,
): readonly PositionWrite[] {
  const before = new Map(stored.map((position) => [position.personId, position]))
  return [...new Set(news.map(({ personId }) => personId))].flatMap((personId) => {
    const after = positions.get(personId)
    return after === undefined ? [] : [{ before: before.get(personId) ?? null, after }]
  })
}
