import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import { nativeEvent } from '../events/native-event.ts'
import { pick, type Random, shuffled } from './seeded-random.ts'

const EVENTS = join(import.meta.dirname, '../../../../examples/congress/events.ndjson.gz')

/** How far after the event it is made from a move may lie (milliseconds): a bit over 100 days. */
const MOVE_WITHIN_MS = 9e9

export interface LoadSize {
  /** How many of the real events, from the first. */
  readonly real: number
  /** How many moves of their people between two companies. */
  readonly moves: number
  /** What share of the events is sent twice. */
  readonly duplicates: number
}

export interface Load {
  /** Every event once. */
  readonly events: readonly NativeEvent[]
  /** In the order of sending: shuffled, some twice. */
  readonly sent: readonly NativeEvent[]
}

/** Real events (examples/congress) with moves and repeats, in an order that the seed behind `next` determines. */
export async function congressLoad({ real, moves, duplicates }: LoadSize, next: Random): Promise<Load> {
  const first = await realEvents(real)
  const events = [...first, ...makeMoves(first, moves, next)]
  return { events, sent: shuffled([...events, ...events.filter(() => next() < duplicates)], next) }
}

async function realEvents(limit: number): Promise<NativeEvent[]> {
  const lines = createInterface({ input: createReadStream(EVENTS).pipe(createGunzip()) })
  const events: NativeEvent[] = []
  for await (const line of lines) {
    events.push(JSON.parse(line))
    if (events.length === limit) break
  }
  return events
}

/** People of the real events moving between two committees, some more than once. */
function makeMoves(events: readonly NativeEvent[], count: number, next: Random): NativeEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const from = pick(events, next)
    const to = pick(events, next)
    return nativeEvent({
      id: `move_${index}`,
      source: 'congress',
      type: 'person.company_change',
      timestamp: new Date(Date.parse(from.timestamp) + Math.floor(next() * MOVE_WITHIN_MS)).toISOString(),
      person: { id: from.person.id, name: from.person.name, newTitle: `Moved ${index}` },
      company: from.company,
      changes: { company: { old: { ...from.company }, new: { ...to.company } }, title: { new: `Moved ${index}` } },
    })
  })
}
