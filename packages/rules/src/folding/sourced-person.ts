import { z } from 'zod'

/** The limits of an event's fields (`nativeEventSchema`): a row that is over them could not come as an event either. */
const MAX_ID = 256
const MAX_TEXT = 2_000
const MAX_EMAIL = 320

const wellFormed = (max: number) =>
  z
    .string()
    .min(1, 'is empty')
    .max(max, `is longer than ${max} characters`)
    .refine((text) => text.isWellFormed(), 'holds broken surrogate pairs')

/** A person at a company as a people source says it: plain JSON, so that it can be stored as a step's output. */
export const sourcedPersonSchema = z
  .object({
    /** `source:id`, as an event of the same provider would name the person; a source holds no colon. */
    sourceId: wellFormed(MAX_ID).regex(/^[^:\p{Cc}]+:[^\p{Cc}]+$/u, 'is no source:id without control characters'),
    name: wellFormed(MAX_TEXT),
    /** As the source wrote it; null where it names none. The same for title and department. */
    email: wellFormed(MAX_EMAIL).nullable(),
    title: wellFormed(MAX_TEXT).nullable(),
    department: wellFormed(MAX_TEXT).nullable(),
    /** Is the person (still) there? */
    active: z.boolean(),
    /** When the provider last changed the row, RFC 3339; null where it does not say. */
    updatedAt: z.iso.datetime({ offset: true }).nullable(),
  })
  .readonly()

export type SourcedPerson = z.output<typeof sourcedPersonSchema>
