import { nativeEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import { z } from 'zod'

/** Fields that several formats share, within the limits of the native event. */

/** An id as a text or a number; a number that JSON cannot carry exactly is none. */
export const providerId = z.union([nativeEventSchema.shape.id, z.int().transform(String)])

/** Text of a title or a name; null and absent are the same. */
export const optionalText = z.string().max(2_000).nullish()

export const timestamp = nativeEventSchema.shape.timestamp

/** What is neither blank nor absent. */
export function textOf(value: string | null | undefined): string | undefined {
  return value === undefined || value === null || value.trim() === '' ? undefined : value
}
