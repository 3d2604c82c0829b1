import type { PersonSighting } from '@buyer-group/rules/folding/person-sighting.ts'
import { sourceIdOf, toSighting } from '@buyer-group/rules/folding/waiting-change.ts'
import { detectSignificantChange } from '@buyer-group/rules/significance/detect-significant-change.ts'
import { namesAnotherCompany } from '@buyer-group/rules/significance/names-another-company.ts'
import { type ValuesBefore, valuesBefore } from '@buyer-group/rules/significance/values-before.ts'
import { type Placement, placementsOf } from '@buyer-group/shared/messages/placements.ts'
import type { BacktestEvent } from './backtest-event.ts'
import { bySide, type SideRules, type Sides } from './side.ts'

/** What one event says of a person at one company, and which sides fold it. */
export interface TracedChange {
  readonly companyId: string
  /** `source:id` of the person. */
  readonly sourceId: string
  readonly sighting: PersonSighting
  readonly placement: Placement
  readonly before: ValuesBefore & { readonly wasHere: boolean }
  readonly isFolded: Sides<boolean>
}

/** One change for each company where the event places its person. */
export function toTracedChanges(event: BacktestEvent, sides: Sides<Pick<SideRules, 'policy'>>): TracedChange[] {
  const { companyId, event: native, key, occurredAt, receivedAt } = event
  const isFolded = bySide(
    (side) => detectSignificantChange(native, companyId, sides[side].policy).placements.length > 0,
  )
  const isMove = namesAnotherCompany(native)
  const change = { idempotencyKey: key, companyId, occurredAt, receivedAt: new Date(receivedAt), event: native }
  return placementsOf(native, companyId).map((placement) => ({
    companyId: placement.companyId,
    sourceId: sourceIdOf(native),
    sighting: toSighting(change),
    placement,
    // Who leaves was there; who comes from another company was not.
    before: { ...valuesBefore(native), wasHere: !(isMove && placement.active) },
    isFolded,
  }))
}
