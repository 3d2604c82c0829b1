import { nativeEventSchema } from '@buyer-group/shared/messages/native-event.ts'
import { z } from 'zod'

/** The body of a manual refresh; a company's id has the same shape as in an event. */
export const refreshBodySchema = z.object({
  companyId: nativeEventSchema.shape.company.shape.id.describe('The company to refresh.'),
  companyName: z.string().max(2_000).nullish().describe('Its name, where the caller knows it.'),
})
