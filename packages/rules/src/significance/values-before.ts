import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'

/** What an event says of the time before it; null where it does not say. `person.oldTitle` goes before `changes`. */
export interface ValuesBefore {
  readonly title: string | null
  readonly department: string | null
}

export function valuesBefore({ person, changes }: ReportedEvent): ValuesBefore {
  return {
    title: textOf(person.oldTitle) ?? textOf(changes.title?.old),
    department: textOf(changes.department?.old),
  }
}

/** The text, trimmed; null for what is no text or blank, which says nothing (as in placements.ts). */
export function textOf(value: unknown): string | null {
  const trimmed = typeof value === 'string' ? value.trim() : ''
  return trimmed === '' ? null : trimmed
}
