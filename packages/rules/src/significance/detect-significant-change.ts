import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import { type Placement, placementsOf } from '@buyer-group/shared/messages/placements.ts'

/**
 * The placements whose companies must be refreshed because of this event: none if its type is not significant
 * (system.md, "Words"), two if the person moves between two identified companies.
 */
export function detectSignificantChange(
  event: NativeEvent,
  companyId: string,
  significantTypes: ReadonlySet<string>,
): readonly Placement[] {
  return significantTypes.has(event.type) ? placementsOf(event, companyId) : []
}
