import type { Held } from './compare-positions.ts'

/** What this example reads of its events: no event names two companies, and each leave says so with null. */
export interface CongressEvent {
  readonly person: { readonly id: string; readonly newTitle?: string | null }
  readonly company: { readonly id: string }
  readonly changes: { readonly [field: string]: { readonly new?: unknown } }
}

/**
 * The positions after these events, one after the other in the file's order, which is that of time. Knows this data
 * alone and shares no code with the services, so that it can tell what a part of the events must lead to.
 */
export function foldEvents(start: readonly Held[], events: readonly CongressEvent[]): readonly Held[] {
  const positions = new Map(start.map((position) => [keyOf(position.companyId, position.personId), position]))
  for (const { person, company, changes } of events) {
    const key = keyOf(company.id, person.id)
    const known = positions.get(key)
    const title = person.newTitle ?? known?.title
    if (changes.company?.new === null) positions.delete(key)
    else if (title !== undefined) positions.set(key, { companyId: company.id, personId: person.id, title })
  }
  return [...positions.values()]
}

const keyOf = (companyId: string, personId: string) => `${companyId}\n${personId}`
