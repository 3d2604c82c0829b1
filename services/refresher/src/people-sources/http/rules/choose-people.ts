import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'

/**
 * Ordered by source id, each once: lists shift while they are paged, and a person may be listed with two places. The
 * newest row counts, one with a time before one without, of equal ones the active; the order they came in never does.
 */
export function choosePeople(people: readonly SourcedPerson[]): readonly SourcedPerson[] {
  const chosen = new Map<string, SourcedPerson>()
  for (const person of people) {
    const known = chosen.get(person.sourceId)
    if (known === undefined || compareWorth(person, known) > 0) chosen.set(person.sourceId, person)
  }
  return [...chosen.values()].sort((left, right) => compareText(left.sourceId, right.sourceId))
}

function compareWorth(left: SourcedPerson, right: SourcedPerson): number {
  return (
    timeOf(left) - timeOf(right) ||
    Number(left.active) - Number(right.active) ||
    compareText(JSON.stringify(left), JSON.stringify(right))
  )
}

/** Never equal to a stored time: those have four-digit years. */
const NO_TIME = -8.64e15

const timeOf = ({ updatedAt }: SourcedPerson) => (updatedAt === null ? NO_TIME : Date.parse(updatedAt))

const compareText = (left: string, right: string) => Number(left > right) - Number(left < right)
