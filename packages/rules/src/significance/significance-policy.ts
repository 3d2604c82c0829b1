import { z } from 'zod'
import { findVainTypes } from './policy-problems.ts'
import { DEFAULT_SIGNIFICANT_TYPES } from './significant-types.ts'

/** More than any provider has; bounds what one event is compared with. */
const MAX_ENTRIES = 100

const type = z
  .string()
  .max(128)
  .regex(/^person\.[^\s\p{C}*]+$/u, 'must be an event type such as person.promotion')

const typePattern = z
  .string()
  .max(128)
  .regex(/^person\.[^\s\p{C}*]*\*?$/u, 'must be an event type, or the beginning of some followed by *')

const untrustedEvents = z
  .strictObject({
    types: z
      .array(typePattern)
      .min(1)
      .max(MAX_ENTRIES)
      .optional()
      .describe('Event types; person.* is every one. Not given: all.'),
    sources: z
      .array(z.string().min(1).max(256))
      .min(1)
      .max(MAX_ENTRIES)
      .optional()
      .describe('Names of sources. Not given: all.'),
  })
  .refine(({ types, sources }) => types !== undefined || sources !== undefined, 'must name types, sources or both')

/** Which changes must refresh a buyer group: the file that SIGNIFICANCE_POLICY names. Everything may be left out. */
export const significancePolicySchema = z
  .strictObject({
    significantTypes: z
      .array(type)
      .min(1)
      .max(MAX_ENTRIES)
      .default([...DEFAULT_SIGNIFICANT_TYPES])
      .describe('The types that must refresh a buyer group.'),
    untrusted: z
      .array(untrustedEvents)
      .max(MAX_ENTRIES)
      .default([])
      .describe('Events whose own type counts for nothing: each gets one from its companies, titles and departments.'),
    ignoreCosmetic: z
      .boolean()
      .default(false)
      .describe('Is a promotion or role change that only spells the same title otherwise left out?'),
  })
  .superRefine((policy, context) => {
    for (const { index, message } of findVainTypes(policy)) {
      context.addIssue({ code: 'custom', path: ['significantTypes', index], message })
    }
  })

export type SignificancePolicy = z.output<typeof significancePolicySchema>

/** The contract's own: these types, every one trusted, nothing left out. */
export function policyOfTypes(significantTypes: readonly string[]): SignificancePolicy {
  return { significantTypes: [...significantTypes], untrusted: [], ignoreCosmetic: false }
}
