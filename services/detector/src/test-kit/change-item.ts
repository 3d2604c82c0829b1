import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import { placementsOf } from '@buyer-group/shared/messages/placements.ts'
import { readPersonChange } from '../read-person-change.ts'
import type { ChangeItem } from '../rules/change-item.ts'
import { personChange } from './messages.ts'

/** A change of a batch as the pure rules see it. */
export function changeItem(event: NativeEvent, { index = 0, significant = true } = {}): ChangeItem {
  const message = readPersonChange(personChange(event))
  const placements = significant ? placementsOf(message.event, message.change.companyId) : []
  return { index, key: `${event.source}:${event.id}`, message, placements }
}
