import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { Detector } from './detector.ts'
import type { ChangeItem } from './rules/change-item.ts'
import { type RecordedEvent, type SortedChanges, sortOutRepeats } from './rules/sort-out-repeats.ts'
import { toEventDoc } from './rules/to-event-doc.ts'

export interface RecordedChanges extends SortedChanges {
  /** What MongoDB can never take. */
  readonly refused: readonly ChangeItem[]
}

/**
 * Records changes: one insert for all of them, and one read more only if some were recorded before.
 * @throws AppError `event_not_readable` (unavailable) when an event is present but cannot be read yet, or again.
 */
export async function recordEvents(detector: Detector, items: readonly ChangeItem[]): Promise<RecordedChanges> {
  if (items.length === 0) return NOTHING
  const { events } = detector.stores
  const firsts = new Map<string, ChangeItem>()
  for (const item of items) if (!firsts.has(item.key)) firsts.set(item.key, item)

  const now = detector.now()
  const outcome = await events.insert([...firsts.values()].map((item) => toEventDoc(item, now)))
  const recorded: ReadonlyMap<string, RecordedEvent> =
    outcome.present.length === 0 ? new Map() : await events.find(outcome.present)
  if (outcome.present.some((key) => !recorded.has(key))) {
    // It expired, or was rolled back by a new primary, between the two calls: the next attempt inserts it.
    throw new AppError('an event that was recorded before cannot be read back', {
      code: 'event_not_readable',
      fate: 'unavailable',
    })
  }
  const inserted = new Map([...firsts].filter(([key]) => outcome.inserted.has(key)))
  const refused = items.filter((item) => outcome.refused.has(item.key))
  const taken = items.filter((item) => !outcome.refused.has(item.key))
  return { ...sortOutRepeats(taken, inserted, recorded), refused }
}

const NOTHING: RecordedChanges = { open: [], insignificant: [], repeats: [], conflicts: [], refused: [] }
