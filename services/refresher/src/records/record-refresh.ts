import type { StepRecord } from '@buyer-group/pipeline/step-record.ts'
import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import type { RefreshEnding, RefresherStores } from '../stores/stores.ts'
import { toStepRecord } from './refresh-records.ts'

type Records = Pick<RefresherStores, 'operations' | 'logs'>

/** Opens the operation and the log of a command, unless they are final. Both at once, one round trip. */
export async function beginRefresh({ operations, logs }: Records, command: RefreshCommand, now: Date): Promise<void> {
  await Promise.all([operations.begin(command, now), logs.begin(command, now)])
}

/** Records how a command's refresh ended, unless its records are final. Both at once, one round trip. */
export async function endRefresh(
  { operations, logs }: Records,
  commandId: string,
  ending: RefreshEnding,
  records: readonly StepRecord[],
  now: Date,
): Promise<void> {
  await Promise.all([
    operations.end(commandId, ending, records.map(toStepRecord), now),
    logs.end(commandId, ending, now),
  ])
}
