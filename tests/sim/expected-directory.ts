import { classifyDepartment, classifyTitle } from '@buyer-group/rules/titles/classify-title.ts'
import { type NativeEvent, nativeEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import { placementsOf } from '@buyer-group/shared/messages/placements.ts'
import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'

/** Where somebody must stand, told by the events alone. */
export interface ExpectedPosition {
  readonly companyId: string
  readonly sourceId: string
  readonly active: boolean
  readonly title: string
  readonly department: string
  readonly changedAt: number
  readonly changedBy: string
}

/** Who somebody must be, told by the events alone. */
export interface ExpectedPerson {
  readonly sourceId: string
  readonly name: string
  readonly email: string | undefined
}

interface Told {
  readonly event: NativeEvent
  readonly doc: WebhookEventDoc
}

/**
 * What an undisturbed run leaves, worked out afresh (guarantees.md, I3): events by their instant, then by key, the last
 * one that says something wins. Only what some refresh covered counts; that nothing else is missing is I1's to tell.
 */
export function expectedDirectory(events: Iterable<WebhookEventDoc>): {
  readonly people: readonly ExpectedPerson[]
  readonly positions: readonly ExpectedPosition[]
} {
  const told = [...events]
    .filter(({ coveredBy }) => coveredBy !== undefined && coveredBy.length > 0)
    .map((doc) => ({ doc, event: nativeEventSchema.parse(doc.payload) }))
    .sort(inOrder)
  return { people: peopleOf(told), positions: positionsOf(told) }
}

function inOrder({ doc: left }: Told, { doc: right }: Told): number {
  const byTime = left.occurredAt.getTime() - right.occurredAt.getTime()
  return byTime !== 0 ? byTime : left.idempotencyKey < right.idempotencyKey ? -1 : 1
}

function peopleOf(told: readonly Told[]): ExpectedPerson[] {
  const people = new Map<string, ExpectedPerson>()
  for (const { event } of told) {
    const sourceId = sourceIdOf(event)
    const email = event.person.email ?? people.get(sourceId)?.email
    people.set(sourceId, { sourceId, name: event.person.name, email })
  }
  return [...people.values()]
}

function positionsOf(told: readonly Told[]): ExpectedPosition[] {
  const positions = new Map<string, ExpectedPosition & { readonly isNamed: boolean }>()
  for (const { doc, event } of told) {
    for (const { companyId, active, title, department } of placementsOf(event, doc.companyId)) {
      if (!doc.coveredBy?.some((cover) => cover.companyId === companyId)) continue
      const sourceId = sourceIdOf(event)
      const key = `${companyId} ${sourceId}`
      const known = positions.get(key)
      const named = department === null ? null : classifyDepartment(department)
      const isNamed = named !== null || known?.isNamed === true
      const shown = title ?? known?.title ?? ''
      positions.set(key, {
        companyId,
        sourceId,
        active,
        title: shown,
        department: named ?? (known?.isNamed === true ? known.department : classifyTitle(shown).department),
        isNamed,
        changedAt: doc.occurredAt.getTime(),
        changedBy: doc.idempotencyKey,
      })
    }
  }
  return [...positions.values()].map(({ isNamed: _how, ...position }) => position)
}

const sourceIdOf = ({ source, person }: NativeEvent) => `${source}:${person.id}`
