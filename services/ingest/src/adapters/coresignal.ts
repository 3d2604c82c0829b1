import { z } from 'zod'
import { adaptItems, itemList, refuse, thinEvent } from './adapt-items.ts'
import type { Adapter } from './adapter.ts'
import { COMPANY_CHANGE, DEPARTMENT_CHANGE, PROFILE_UPDATE, ROLE_CHANGE } from './event-types.ts'
import { providerId } from './fields.ts'

const notification = z.looseObject({
  member_id: providerId,
  status: z.string(),
  changed_fields: z.array(z.string()).nullish(),
})

/**
 * Coresignal's employee and experience webhooks: a list of who changed, nothing of what they are now (docs.coresignal.com,
 * "Employee webhooks", "Experience webhooks"). Neither a name nor a company nor an id nor a time.
 */
export const coresignalAdapter: Adapter = {
  name: 'coresignal',
  toEvents: (delivery) => {
    const parsed = itemList.safeParse(delivery.value)
    if (!parsed.success) return refuse(parsed.error)
    return adaptItems(delivery, {
      items: parsed.data,
      pathOf: (index) => [index],
      schema: notification,
      toEvents: ({ member_id, changed_fields }, identity) => [
        thinEvent(member_id, typeOf(changed_fields ?? []), identity),
      ],
    })
  },
}

/**
 * The strongest of what the fields' names say. Without any it is an experience webhook, or a person who began or ceased to
 * match a query, of which we do not know but that it may be about the position.
 */
function typeOf(fields: readonly string[]): string {
  if (fields.length === 0) return ROLE_CHANGE
  const types = fields.map(typeOfField)
  return [COMPANY_CHANGE, ROLE_CHANGE, DEPARTMENT_CHANGE].find((type) => types.includes(type)) ?? PROFILE_UPDATE
}

/** By the words in a name such as `active_experience_company_id`, `active_experience_department`, `headline`. */
function typeOfField(field: string): string {
  const name = field.toLowerCase()
  if (name.includes('company')) return COMPANY_CHANGE
  if (name.includes('department')) return DEPARTMENT_CHANGE
  return /experience|title|headline|position|is_working/.test(name) ? ROLE_CHANGE : PROFILE_UPDATE
}
