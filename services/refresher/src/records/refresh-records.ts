import type { StepRecord } from '@buyer-group/pipeline/step-record.ts'
import type { BuyerGroupDoc, PipelineStepRecord, RefreshLogDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { RefreshEnding } from '../stores/stores.ts'

/** How long operations and logs are kept (system.md, "MongoDB"). */
export const KEPT_MS = 90 * 24 * 60 * 60 * 1_000

/** What came of a run stays; a failed one may begin anew when its command is sent again. */
export const FINAL = ['completed', 'superseded'] as const

/** What an operation says of a run that came to something. */
export function toOutput(ending: Exclude<RefreshEnding, { status: 'failed' }>): unknown {
  if (ending.status === 'superseded') return { supersededBy: ending.by }
  const { refreshId, sequence, members } = ending.group
  return { refreshId, sequence, members: members.length, ...countChanges(ending.group) }
}

/** What a log says of a run that has ended, beside status and time. */
export function toLogFields(ending: RefreshEnding): Pick<RefreshLogDoc, 'changes' | 'supersededBy' | 'error'> {
  if (ending.status === 'completed') return { changes: countChanges(ending.group) }
  if (ending.status === 'superseded') return { supersededBy: ending.by }
  return { error: { ...ending.error } }
}

/** A step as it is recorded. */
export function toStepRecord({ name, status, startedAt, duration, error }: StepRecord): PipelineStepRecord {
  return { name, status, startedAt, duration, ...(error === undefined ? {} : { error: { ...error } }) }
}

const countChanges = ({ added, removed, changed }: BuyerGroupDoc) => ({
  added: added.length,
  removed: removed.length,
  changed: changed.length,
})
