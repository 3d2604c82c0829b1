import type { Detector } from './detector.ts'
import { nothingNew } from './rules/group-by-company.ts'
import { sendCommands } from './send-commands.ts'
import { claimWhatCanBe } from './sweep-claims.ts'

/** A command that waits for longer was left by a process that died or could not reach Kafka (guarantees.md). */
export const STALE_OUTBOX_MS = 5_000

/** Windows looked at in one round trip. */
const PAGE = 500

/**
 * One sweep: produces commands that were left in outboxes, then claims windows that have closed with changes pending,
 * page after page until nothing is left. Any number of instances may sweep at once: a claim is a compare-and-set on the
 * sequence that was read, and a command produced twice is the same command.
 * Left commands come first and their failure ends the sweep: while Kafka is away no further windows are claimed.
 * @throws what the stores and the publisher throw; the next sweep goes on.
 */
export async function sweepWindows(detector: Detector, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await sweepOutboxes(detector)) === PAGE);
  const left = new Set<string>()
  while (!signal.aborted && (await claimDueWindows(detector, left)) >= PAGE);
}

async function sweepOutboxes(detector: Detector): Promise<number> {
  const commands = await detector.stores.windows.findStaleOutboxes(STALE_OUTBOX_MS, PAGE)
  await sendCommands(detector, commands)
  return commands.length
}

/**
 * @param left companies whose windows this sweep could not claim, which stay due; to be added to. Each page is so many
 * longer, so that a page full of them neither repeats for ever nor hides what is behind it.
 * @returns how many due windows there were besides.
 */
async function claimDueWindows(detector: Detector, left: Set<string>): Promise<number> {
  const { stores, metrics, windowMs, workspaceId } = detector
  const page = await stores.windows.findDue(PAGE + left.size)
  const due = page.filter(({ companyId }) => !left.has(companyId))
  if (due.length === 0) return 0
  const claim = {
    token: detector.newToken(),
    windowMs,
    workspaceId,
    reason: 'webhook',
    priority: 'normal',
    commandId: null,
  } as const
  const won = await claimWhatCanBe(
    detector,
    due.map(({ companyId, sequence }) => ({ changes: nothingNew(companyId), claim, seenSequence: sequence })),
  )
  const claimed = new Set(won.map(({ companyId }) => companyId))
  for (const { companyId } of due) if (!claimed.has(companyId)) left.add(companyId)
  metrics.trailingClaims.inc(won.length)
  await sendCommands(
    detector,
    won.flatMap(({ outbox }) => outbox ?? []),
  )
  return due.length
}
