import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'
import { type Placement, placementsOf } from '@buyer-group/shared/messages/placements.ts'
import { type ChangeClass, classifyChange } from './classify-change.ts'
import type { CompiledPolicy } from './compile-policy.ts'

/** What a policy makes of an event. */
export interface SignificanceReading {
  /** The placements whose companies must be refreshed because of the event: none if it is not significant. */
  readonly placements: readonly Placement[]
  /** What counts instead of the event's own type: that one was not trusted, or the change is ruled out as cosmetic. */
  readonly classification?: ChangeClass
}

/**
 * The types whose whole claim is about the title, so that two spellings of one refute them. A trusted type may say more
 * than titles do: that a person came from another company, or left a department.
 */
const ABOUT_THE_TITLE: ReadonlySet<string> = new Set(['person.promotion', 'person.role_change'])

/**
 * Which companies must be refreshed because of this event: none if it is not significant (system.md, "Words"), two if
 * the person moves between two identified companies. Under the contract's own policy only the event's type is looked at.
 * @param companyId the event's company as ingest named it.
 */
export function detectSignificantChange(
  event: ReportedEvent,
  companyId: string,
  policy: CompiledPolicy,
): SignificanceReading {
  const { significantTypes, ignoreCosmetic } = policy
  if (!policy.isTrusted(event.type, event.source) && canBeRead(event, companyId)) {
    const classification = classifyChange(event, companyId)
    const placements = significantTypes.has(classification.type) ? placementsOf(event, companyId) : []
    return { placements, classification }
  }
  if (!significantTypes.has(event.type)) return INSIGNIFICANT
  if (ignoreCosmetic && ABOUT_THE_TITLE.has(event.type)) {
    const classification = classifyChange(event, companyId)
    if (classification.reason === 'cosmetic') return { placements: [], classification }
  }
  return { placements: placementsOf(event, companyId) }
}

/** An event that names neither a company nor a title nor a department has nothing but its type to go by. */
function canBeRead(event: ReportedEvent, companyId: string): boolean {
  if (event.company !== null) return true
  return placementsOf(event, companyId).some(({ title, department }) => title !== null || department !== null)
}

const INSIGNIFICANT: SignificanceReading = { placements: [] }
