import { z } from 'zod'
import { adaptItems, type ItemEvent, type ItemIdentity, itemList, refuse } from './adapt-items.ts'
import type { Adapter } from './adapter.ts'
import { COMPANY_CHANGE, PROFILE_UPDATE, ROLE_CHANGE } from './event-types.ts'
import { optionalText, providerId, textOf, timestamp } from './fields.ts'

/** Where a record keeps the positions that its person holds. */
const CURRENT = 'experience.employment_details.current'

const notification = z.looseObject({
  metadata: z.looseObject({ notification_id: providerId, delivered_at: timestamp, dataset: z.string().optional() }),
  results: itemList,
})

const position = z.looseObject({
  crustdata_company_id: providerId.nullish(),
  name: optionalText,
  company_name: optionalText,
  title: optionalText,
})

const fieldChange = z.looseObject({
  field: z.string(),
  type: z.string(),
  to: z.unknown().optional(),
  from: z.unknown().optional(),
  new_elements: z.array(z.unknown()).optional(),
})

const result = z.looseObject({
  changes: z.array(fieldChange),
  record: z.looseObject({
    crustdata_person_id: providerId,
    basic_profile: z.looseObject({ name: optionalText }).nullish(),
    experience: z
      .looseObject({ employment_details: z.looseObject({ current: z.array(position).nullish() }).nullish() })
      .nullish(),
  }),
})

type Result = z.output<typeof result>
type Position = z.output<typeof position>
type Notification = z.output<typeof notification>['metadata']
type Said = Pick<ItemEvent, 'type' | 'company' | 'changes'> & { readonly newTitle?: string | undefined }

/**
 * Crustdata's notifications of a watch over people: who changed, with the fields that did and the part of the record that
 * the watch asks for (docs.crustdata.com, "Person Entity Watcher"). Its page is documented to us in parts: the names of a
 * position's fields are those of the Person API, and what is not understood is a change that the people source completes.
 * A position that began is an event of its own, at its company. The time is that of the watch's run.
 */
export const crustdataAdapter: Adapter = {
  name: 'crustdata',
  toEvents: (delivery) => {
    const parsed = notification.safeParse(delivery.value)
    if (!parsed.success) return refuse(parsed.error)
    const { metadata, results } = parsed.data
    return adaptItems(delivery, {
      items: (metadata.dataset ?? 'person') === 'person' ? results : [],
      pathOf: (index) => ['results', index],
      schema: result,
      toEvents: (item, identity) => toEvents(item, metadata, identity),
    })
  },
}

function toEvents(item: Result, metadata: Notification, { sha256 }: ItemIdentity): ItemEvent[] {
  const { crustdata_person_id: personId, basic_profile: profile } = item.record
  const name = textOf(profile?.name)
  return readChanges(item).map(({ newTitle, ...said }, place) => ({
    id: [metadata.notification_id, sha256, ...(place === 0 ? [] : [place])].join('-'),
    timestamp: metadata.delivered_at,
    ...said,
    person: {
      id: personId,
      ...(name === undefined ? {} : { name }),
      ...(newTitle === undefined ? {} : { newTitle }),
    },
  }))
}

/** One for each position that began; else one of all that the changes say. */
function readChanges({ changes, record }: Result): Said[] {
  const begun = changes.filter(({ field }) => field === CURRENT).flatMap((change) => change.new_elements ?? [])
  if (begun.length > 0) return begun.map(readBegun)

  const held = record.experience?.employment_details?.current ?? []
  const only = held.length === 1 ? held[0] : undefined
  const changeOf = (...fields: string[]) => changes.find(({ field }) => fields.includes(field))
  const moved = changeOf(`${CURRENT}.name`, `${CURRENT}.company_name`)
  const retitled = changeOf('basic_profile.current_title', `${CURRENT}.title`)
  const newTitle = textIn(retitled?.to)
  const isPosition = changes.some(({ field }) => field.startsWith('experience.')) || retitled !== undefined
  return [
    {
      type: moved === undefined ? (isPosition ? ROLE_CHANGE : PROFILE_UPDATE) : COMPANY_CHANGE,
      // Of several positions the changes do not say which one they are about.
      company: companyOf(only),
      newTitle,
      changes: {
        ...(newTitle === undefined ? {} : { title: { old: textIn(retitled?.from), new: newTitle } }),
        ...(moved === undefined ? {} : { company: { old: textIn(moved.from), new: textIn(moved.to) } }),
      },
    },
  ]
}

/** A position of another shape is one that began all the same. */
function readBegun(element: unknown): Said {
  const parsed = position.safeParse(element)
  const begun = parsed.success ? parsed.data : undefined
  const newTitle = textOf(begun?.title)
  const changes = newTitle === undefined ? {} : { title: { new: newTitle } }
  return { type: ROLE_CHANGE, company: companyOf(begun), newTitle, changes }
}

function companyOf(held: Position | undefined): ItemEvent['company'] {
  const id = held?.crustdata_company_id ?? undefined
  return id === undefined ? null : { id, name: held?.company_name ?? held?.name ?? '' }
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? textOf(value) : undefined
}
