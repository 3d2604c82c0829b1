import { adaptItems, itemList, refuse, thinEvent } from './adapt-items.ts'
import type { Adapter } from './adapter.ts'
import { ROLE_CHANGE } from './event-types.ts'
import { providerId } from './fields.ts'

/**
 * The webhook of People Data Labs with its `job_change` filter: a list of the ids of people whose title or company changed,
 * a thousand at most (docs.peopledatalabs.com, "Webhooks"). The list does not say which filter it comes from: point no
 * other filter at a source of this format.
 */
export const peopleDataLabsAdapter: Adapter = {
  name: 'people-data-labs',
  toEvents: (delivery) => {
    const parsed = itemList.safeParse(delivery.value)
    if (!parsed.success) return refuse(parsed.error)
    return adaptItems(delivery, {
      items: parsed.data,
      pathOf: (index) => [index],
      schema: providerId,
      toEvents: (id, identity) => [thinEvent(id, ROLE_CHANGE, identity)],
    })
  },
}
