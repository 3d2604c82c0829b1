import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'

/** Longer than any id that ingest takes (256 characters and a company prefix). */
const MAX_ID_LENGTH = 1_024

/** Sequences are milliseconds since the epoch or a little more; the year 2200 would block a company for good. */
const MAX_SEQUENCE = Date.UTC(2200, 0)

const REASONS: readonly string[] = ['webhook', 'manual', 'scheduled'] satisfies RefreshCommand['reason'][]
const PRIORITIES: readonly string[] = ['high', 'normal', 'low'] satisfies RefreshCommand['priority'][]

/**
 * What no detector can have written, in words without the values; undefined for a command that can be run.
 * `key` is the key of the message that brought it: the order of a company's commands rests on its being the company.
 */
export function findCommandProblem(
  command: RefreshCommand,
  key: string | undefined = command.companyId,
): string | undefined {
  const { commandId, companyId, workspaceId, reason, priority, sequence, requestedAt, triggeredByCount } = command
  if (!isId(commandId)) return 'commandId is empty, too long or holds a NUL character'
  if (!isId(companyId)) return 'companyId is empty, too long or holds a NUL character'
  if (key !== companyId) return 'the message key is not its companyId'
  if (!isId(workspaceId)) return 'workspaceId is empty, too long or holds a NUL character'
  if (!REASONS.includes(reason)) return 'reason is none of webhook, manual, scheduled'
  if (!PRIORITIES.includes(priority)) return 'priority is none of high, normal, low'
  if (!Number.isSafeInteger(sequence) || sequence < 1 || sequence > MAX_SEQUENCE) return 'sequence is out of range'
  if (!isTime(requestedAt)) return 'requestedAt is no time'
  if (!Number.isSafeInteger(triggeredByCount) || triggeredByCount < 0) return 'triggeredByCount is out of range'
  return undefined
}

const isId = (text: string) => text !== '' && text.length <= MAX_ID_LENGTH && !text.includes('\0')

const isTime = (milliseconds: number) => !Number.isNaN(new Date(milliseconds).getTime())
