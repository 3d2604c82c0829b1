import { z } from 'zod'

/**
 * The native event (system.md, "HTTP"): what providers post, what the detector stores and the refresher folds.
 * Unknown extra fields are kept at every level.
 *
 * The schemas are compiled, for every event is checked by one of them: what is valid costs a fifth, and what is not is
 * judged again by zod's usual parser, so that issues are the same. A schema derived from a compiled one is not compiled.
 */

/** How far ahead of the server's clock an event's timestamp may lie (24 h). */
export const MAX_FUTURE_MS = 24 * 60 * 60 * 1_000

/** Ids end up in keys, topics' keys and URLs: text without control characters or broken surrogate pairs. */
const id = z
  .string()
  .min(1)
  .max(256)
  .refine((text) => text.isWellFormed() && !hasControlCharacter(text), 'must not hold control characters')

const text = z.string().max(2_000)

/** One side of `changes.company`: a bare name, an identified company, or null for none. */
export const companySide = z.compile(z.union([text, z.looseObject({ id, name: text.optional() }), z.null()]), {
  strict: true,
})

const changesSchema = z
  .record(z.string(), z.looseObject({ old: z.unknown().optional(), new: z.unknown().optional() }))
  .superRefine((changes, context) => {
    const company = Object.hasOwn(changes, 'company') ? changes.company : undefined
    for (const side of ['old', 'new'] as const) {
      const value = company?.[side]
      if (value !== undefined && !companySide.safeParse(value).success) {
        context.addIssue({ code: 'custom', path: ['company', side], message: 'must be a name, {id, name} or null' })
      }
    }
    const title = Object.hasOwn(changes, 'title') ? changes.title?.new : undefined
    if (title !== undefined && title !== null && typeof title !== 'string') {
      context.addIssue({ code: 'custom', path: ['title', 'new'], message: 'must be text or null' })
    }
  })

const uncompiledEventSchema = z.looseObject({
  id,
  source: id,
  type: z
    .string()
    .max(128)
    .regex(/^person\.[^\s\p{C}]+$/u, 'must start with "person."'),
  timestamp: z.iso.datetime({ offset: true }),
  person: z.looseObject({
    id,
    name: text.min(1),
    email: z.string().max(320).nullish(),
    oldTitle: text.nullish(),
    newTitle: text.nullish(),
    department: text.nullish(),
  }),
  company: z.looseObject({ id, name: text }),
  changes: changesSchema,
})

export const nativeEventSchema = z.compile(uncompiledEventSchema, { strict: true })

export type NativeEvent = z.output<typeof nativeEventSchema>

/**
 * An event as it is published, recorded and folded: a native event, or a thin one that a provider's format gave. A thin
 * one leaves out its person's name, or has null for its company, where the provider does not say. The companies of such
 * a person are looked up by the detector; the people source completes the rest when they are refreshed.
 */
export const reportedEventSchema = z.compile(
  uncompiledEventSchema.extend({
    person: uncompiledEventSchema.shape.person.partial({ name: true }),
    company: uncompiledEventSchema.shape.company.nullable(),
  }),
  { strict: true },
)

export type ReportedEvent = z.output<typeof reportedEventSchema>

function hasControlCharacter(value: string): boolean {
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index)
    if (unit < 0x20 || unit === 0x7f) return true
  }
  return false
}
