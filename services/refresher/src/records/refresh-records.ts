import type { RefreshLogDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { LogEnding } from '../stores/stores.ts'

/** How long logs are kept (system.md, "MongoDB"). */
export const KEPT_MS = 90 * 24 * 60 * 60 * 1_000

/** What came of a refresh stays; a failed one may begin anew when its command is sent again. */
export const FINAL = ['completed', 'superseded'] as const

/** What a log says of a refresh that has ended, beside status and time. */
export function toLogFields(ending: LogEnding): Pick<RefreshLogDoc, 'changes' | 'supersededBy' | 'error'> {
  if (ending.status === 'superseded') return { supersededBy: ending.by }
  if (ending.status === 'failed') return { error: { ...ending.error } }
  const { added, removed, changed } = ending.changes
  return { changes: { added, removed, changed } }
}
