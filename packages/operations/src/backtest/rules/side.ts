import type { BuyerGroupProfile } from '@buyer-group/rules/membership/profile-parts.ts'
import type { CompiledPolicy } from '@buyer-group/rules/significance/compile-policy.ts'

/** What is compared: `current` as the services are configured, `candidate` with the new file or files. */
export const SIDES = ['current', 'candidate'] as const

export type Side = (typeof SIDES)[number]

/** One value for each side. */
export type Sides<Value> = Readonly<Record<Side, Value>>

export function bySide<Value>(make: (side: Side) => Value): Sides<Value> {
  return { current: make('current'), candidate: make('candidate') }
}

/** The rules of one side. */
export interface SideRules {
  readonly policy: CompiledPolicy
  readonly profile: BuyerGroupProfile
}
