import { z } from 'zod'
import { adaptItems, type ItemEvent, type ItemIdentity, itemList, refuse, toTimestamp } from './adapt-items.ts'
import type { Adapter } from './adapter.ts'
import { COMPANY_CHANGE, DEPARTMENT_CHANGE, PROFILE_UPDATE, ROLE_CHANGE } from './event-types.ts'
import { providerId, textOf } from './fields.ts'

/** The last instant that RFC 3339 can write. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** HubSpot's id of the object type "contact", which the generic subscriptions (`object.*`) name. */
const CONTACT_TYPE = '0-1'

const contactChange = z.looseObject({
  eventId: providerId,
  subscriptionType: z.string(),
  objectId: providerId,
  /** Milliseconds since the epoch. */
  occurredAt: z.int().min(0).max(LAST_MS),
  propertyName: z.string().optional(),
  propertyValue: z.string().nullish(),
})

const notification = z.looseObject({ subscriptionType: z.string(), objectTypeId: z.string().optional() })

type ContactChange = z.output<typeof contactChange>

/**
 * HubSpot's webhooks: a list of changes, at most 100, of one property of one contact each (developers.hubspot.com,
 * "Webhooks"). The contact is not named, nor its company unless that is the property. Other objects, and associations
 * between objects, concern no person. `eventId` is documented as not unique, and a delivery that is tried again differs in
 * `attemptNumber`: so the id is made of `eventId` and all the rest of the item.
 */
export const hubspotAdapter: Adapter = {
  name: 'hubspot',
  toEvents: (delivery) => {
    const parsed = itemList.safeParse(delivery.value)
    if (!parsed.success) return refuse(parsed.error)
    const indexes = [...parsed.data.keys()].filter((index) => concernsContact(parsed.data[index]))
    return adaptItems(delivery, {
      items: indexes.map((index) => parsed.data[index]),
      pathOf: (place) => [indexes[place] ?? place],
      schema: contactChange,
      lasting: (original) => ({ ...(original as object), attemptNumber: undefined }),
      toEvents: (change, identity) => [toEvent(change, identity)],
    })
  },
}

/** Also where it cannot be told: then the item is refused. */
function concernsContact(item: unknown): boolean {
  const parsed = notification.safeParse(item)
  if (!parsed.success) return true
  const { subscriptionType, objectTypeId } = parsed.data
  if (subscriptionType.endsWith('.associationChange')) return false
  return subscriptionType.startsWith('contact.') || objectTypeId === CONTACT_TYPE
}

function toEvent(change: ContactChange, { sha256 }: ItemIdentity): ItemEvent {
  const { eventId, objectId, occurredAt, subscriptionType, propertyName, propertyValue } = change
  const isProperty = subscriptionType.endsWith('.propertyChange')
  const said = isProperty ? readProperty(propertyName, textOf(propertyValue)) : PROFILE
  return {
    id: `${eventId}-${sha256}`,
    timestamp: toTimestamp(occurredAt),
    ...said,
    person: { id: objectId, ...said.person },
  }
}

interface Said extends Pick<ItemEvent, 'type' | 'company' | 'changes'> {
  readonly person?: { readonly newTitle?: string; readonly email?: string }
}

const PROFILE: Said = { type: PROFILE_UPDATE, company: null, changes: {} }

/** What a property of a contact says (HubSpot's default contact properties); one that was cleared has no value. */
function readProperty(name: string | undefined, value: string | undefined): Said {
  switch (name) {
    case 'jobtitle':
      return value === undefined
        ? { type: ROLE_CHANGE, company: null, changes: {} }
        : { type: ROLE_CHANGE, company: null, person: { newTitle: value }, changes: { title: { new: value } } }
    case 'associatedcompanyid':
      return value === undefined
        ? { type: COMPANY_CHANGE, company: null, changes: {} }
        : { type: COMPANY_CHANGE, company: { id: value, name: '' }, changes: { company: { new: { id: value } } } }
    case 'company':
      // Text that people type, which is no company's id.
      return { type: COMPANY_CHANGE, company: null, changes: value === undefined ? {} : { company: { new: value } } }
    case 'department':
    case 'job_function':
      return {
        type: DEPARTMENT_CHANGE,
        company: null,
        changes: value === undefined ? {} : { department: { new: value } },
      }
    case 'email':
      return value === undefined ? PROFILE : { ...PROFILE, person: { email: value } }
    default:
      return PROFILE
  }
}
