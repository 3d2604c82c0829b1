import type { Detector } from './detector.ts'
import { nothingNew } from './rules/group-by-company.ts'
import { sendCommands } from './send-commands.ts'

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
  while (!signal.aborted && (await claimDueWindows(detector)) === PAGE);
}

async function sweepOutboxes(detector: Detector): Promise<number> {
  const commands = await detector.stores.windows.findStaleOutboxes(STALE_OUTBOX_MS, PAGE)
  await sendCommands(detector, commands)
  return commands.length
}

async function claimDueWindows(detector: Detector): Promise<number> {
  const { stores, metrics, windowMs, workspaceId } = detector
  const due = await stores.windows.findDue(PAGE)
  if (due.length === 0) return 0
  const claim = {
    token: detector.newToken(),
    windowMs,
    workspaceId,
    reason: 'webhook',
    priority: 'normal',
    commandId: null,
  } as const
  const won = await stores.windows.claimIfUnchanged(
    due.map(({ companyId, sequence }) => ({ changes: nothingNew(companyId), claim, seenSequence: sequence })),
  )
  metrics.trailingClaims.inc(won.length)
  await sendCommands(
    detector,
    won.flatMap(({ outbox }) => outbox ?? []),
  )
  return due.length
}
