import { z } from 'zod'
import { adaptItems, type ItemEvent, refuse } from './adapt-items.ts'
import type { Adapter } from './adapter.ts'
import { COMPANY_CHANGE, PROFILE_UPDATE, PROMOTION } from './event-types.ts'
import { optionalText, providerId, textOf, timestamp } from './fields.ts'

/** What every delivery begins with. */
const envelope = z.looseObject({ id: providerId, entityType: z.string() })

const departments = z.union([z.string(), z.array(z.looseObject({ value: z.string() }))])

const contactSignal = z.looseObject({
  id: providerId,
  type: z.string(),
  entityId: providerId,
  timestamp,
  data: z.looseObject({
    personId: providerId.nullish(),
    currentCompanyId: providerId.nullish(),
    currentCompanyName: optionalText,
    currentTitle: optionalText,
    currentDepartments: departments.nullish(),
    previousCompanyName: optionalText,
    /** The day of the change, or its time. */
    signalDate: z.union([z.iso.date(), timestamp]).nullish(),
  }),
})

type ContactSignal = z.output<typeof contactSignal>

const TYPES: Readonly<Record<string, string>> = { promotion: PROMOTION, companyChange: COMPANY_CHANGE }

/**
 * Lusha's webhooks: one signal a delivery (docs.lusha.com, "Webhooks", payload example of "Create subscription"). The
 * person is not named, the company left is named without an id. Signals of companies concern no person. The time is
 * `signalDate`, a day in UTC, since `timestamp` is when the signal was sent, which may be months later.
 */
export const lushaAdapter: Adapter = {
  name: 'lusha',
  toEvents: (delivery) => {
    const parsed = envelope.safeParse(delivery.value)
    if (!parsed.success) return refuse(parsed.error)
    const items = parsed.data.entityType === 'contact' ? [delivery.value] : []
    return adaptItems(delivery, {
      items,
      pathOf: () => [],
      schema: contactSignal,
      toEvents: (signal) => [toEvent(signal)],
    })
  },
  // Required, within 10 seconds; three deliveries without it disable the subscription ("Client Response Format").
  acknowledge: ({ value, receivedAt }) => ({
    received: true,
    timestamp: new Date(receivedAt).toISOString(),
    webhookId: envelope.parse(value).id,
  }),
}

function toEvent({ id, type, entityId, timestamp: sentAt, data }: ContactSignal): ItemEvent {
  const title = textOf(data.currentTitle)
  const department = departmentOf(data.currentDepartments)
  const name = data.currentCompanyName ?? ''
  const companyId = data.currentCompanyId ?? undefined
  const company = companyId === undefined ? null : { id: companyId, name }
  const move = { old: data.previousCompanyName ?? undefined, new: company ?? textOf(name) }
  const signalDate = data.signalDate ?? sentAt
  return {
    id,
    type: Object.hasOwn(TYPES, type) ? (TYPES[type] ?? PROFILE_UPDATE) : PROFILE_UPDATE,
    timestamp: signalDate.includes('T') ? signalDate : `${signalDate}T00:00:00Z`,
    person: {
      id: data.personId ?? entityId,
      ...(title === undefined ? {} : { newTitle: title }),
      ...(department === undefined ? {} : { department }),
    },
    company,
    changes: {
      ...(title === undefined ? {} : { title: { new: title } }),
      ...(type === 'companyChange' ? { company: move } : {}),
    },
  }
}

/** Undefined where there are several, or "Other", which says less than the title does. */
function departmentOf(value: z.output<typeof departments> | null | undefined): string | undefined {
  const names = typeof value === 'string' ? [value] : (value ?? []).map((one) => one.value)
  const [only, ...others] = names
  return others.length > 0 || only?.toLowerCase() === 'other' ? undefined : textOf(only)
}
