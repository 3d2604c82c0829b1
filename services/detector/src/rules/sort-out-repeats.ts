import type { EventClassification } from '@buyer-group/shared/mongo/collections.ts'
import type { ChangeItem } from './change-item.ts'

/** What MongoDB holds under an event's key after this batch was inserted. */
export interface RecordedEvent {
  readonly bodySha256: string
  /** Whether it was decided before this batch. */
  readonly processed: boolean
  readonly waitingFor: readonly string[]
  readonly classification?: EventClassification | undefined
}

/** A change to decide, with the companies that still wait for it. */
export interface OpenChange {
  readonly item: ChangeItem
  readonly waitingFor: readonly string[]
  /** What it was recorded as, if not as its own type. */
  readonly classification?: EventClassification | undefined
}

export interface SortedChanges {
  /** Recorded and undecided: new ones, and ones that an earlier attempt left half-way. */
  readonly open: readonly OpenChange[]
  /** Recorded by this batch and decided with it: not significant. */
  readonly insignificant: readonly ChangeItem[]
  /** The same event again: decided before, or earlier in this batch. */
  readonly repeats: readonly ChangeItem[]
  /** The id was recorded with another body. */
  readonly conflicts: readonly ChangeItem[]
}

/**
 * Tells new changes from repeats and conflicts. Whoever was recorded first under a key stays; within a batch that is
 * the first in order. Only a decided event is a repeat: an undecided one is resumed as it was recorded, whatever the
 * significance policy would make of it now.
 * @param inserted keys that this batch itself inserted.
 * @param recorded what is stored, at least for every key that was not inserted by this batch.
 */
export function sortOutRepeats(
  items: readonly ChangeItem[],
  inserted: ReadonlyMap<string, ChangeItem>,
  recorded: ReadonlyMap<string, RecordedEvent>,
): SortedChanges {
  const open: OpenChange[] = []
  const insignificant: ChangeItem[] = []
  const repeats: ChangeItem[] = []
  const conflicts: ChangeItem[] = []
  const taken = new Set<string>()
  for (const item of items) {
    const mine = inserted.get(item.key)
    const stored = recorded.get(item.key)
    const hash = mine?.message.change.bodySha256 ?? stored?.bodySha256
    if (hash !== item.message.change.bodySha256) {
      conflicts.push(item)
      continue
    }
    if (taken.has(item.key) || stored?.processed === true) repeats.push(item)
    else if (mine !== undefined && item.placements.length === 0) insignificant.push(item)
    else open.push(stored === undefined ? asNew(item) : { item, ...asRecorded(stored) })
    taken.add(item.key)
  }
  return { open, insignificant, repeats, conflicts }
}

const asNew = (item: ChangeItem): OpenChange => ({
  item,
  waitingFor: item.placements.map(({ companyId }) => companyId),
  classification: item.classification,
})

const asRecorded = ({ waitingFor, classification }: RecordedEvent) => ({ waitingFor, classification })
