import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'

/** What the database says at the end, in lines that can be compared and read. */
export interface End {
  /** `company source:person title` of each active position. */
  readonly positions: readonly string[]
  /** The same of each group member. */
  readonly members: readonly string[]
  /** The source ids of each person, and the name. */
  readonly people: readonly string[]
}

/** Types that refresh nothing by default (system.md, "Words"), of those that the real events have. */
const INSIGNIFICANT = 'person.rank_change'

/** What an undisturbed run leaves, worked out independently of the product. Each event once or more, in any order. */
export function expectedEnd(events: readonly NativeEvent[]): End {
  const significant = events.filter(({ type }) => type !== INSIGNIFICANT)
  const positions = expectedPositions(significant)
  return { positions, members: positions, people: expectedPeople(significant) }
}

/**
 * For each person at each company the latest event by its instant, then by its key. Real events are never moves, so they
 * say all in two fields.
 */
function expectedPositions(events: readonly NativeEvent[]): string[] {
  const titles = new Latest<string | null>()
  for (const event of events) {
    const company = event.changes.company as { new?: { id?: string } | null } | undefined
    const target = company?.new?.id
    const title = event.person.newTitle ?? null
    const at = (companyId: string) => `${companyId} ${event.source}:${event.person.id}`
    if (target !== undefined && target !== event.company.id) {
      titles.note(at(event.company.id), event, null)
      titles.note(at(target), event, title)
    } else titles.note(at(event.company.id), event, company !== undefined && company.new === null ? null : title)
  }
  return titles
    .entries()
    .filter(([, title]) => title !== null)
    .map(([position, title]) => `${position} ${title}`)
    .sort()
}

function expectedPeople(events: readonly NativeEvent[]): string[] {
  const names = new Latest<string>()
  for (const event of events) names.note(`${event.source}:${event.person.id}`, event, event.person.name)
  return names
    .entries()
    .map(([sourceId, name]) => `${sourceId} ${name}`)
    .sort()
}

/** By key: what the latest event says. */
class Latest<Value> {
  readonly #held = new Map<string, { at: number; key: string; value: Value }>()

  note(key: string, event: NativeEvent, value: Value): void {
    const entry = { at: Date.parse(event.timestamp), key: `${event.source}:${event.id}`, value }
    const held = this.#held.get(key)
    if (held === undefined || entry.at > held.at || (entry.at === held.at && entry.key > held.key)) {
      this.#held.set(key, entry)
    }
  }

  entries(): (readonly [string, Value])[] {
    return [...this.#held].map(([key, { value }]) => [key, value] as const)
  }
}
