import { setTimeout as delay } from 'node:timers/promises'
import { countMessages, type MessageCounts } from './count-messages.ts'
import type { Deployment } from './open-deployment.ts'

/** What is left to do, each a count. */
export interface Open {
  /** Events that were accepted and are not recorded yet. */
  readonly unrecorded: number
  readonly undecided: number
  readonly waiting: number
  readonly windows: number
  readonly lag: number
}

const POLL_MS = 100

/** No progress for this long means that there will be none. */
const STALLED_MS = 60_000

/**
 * Waits until nothing is left: every one of `events` recorded and decided, no change waiting, no window pending, no
 * command unproduced, every message committed. Returns when that was, by `performance.now()`, and the counts.
 * @throws Error saying what is left when nothing has moved for a minute.
 */
export async function waitUntilSettled(
  deployment: Deployment,
  events: number,
  signal: AbortSignal,
  onPoll: (open: Open) => void,
): Promise<{ at: number; counts: MessageCounts }> {
  const admin = deployment.kafka.admin()
  await admin.connect()
  try {
    let last = ''
    let movedAt = performance.now()
    for (;;) {
      signal.throwIfAborted()
      const at = performance.now()
      const open = await countOpen(deployment, events)
      // The broker is asked last and only once the database has nothing left.
      const counts = isNothing(open) ? await countMessages(admin, deployment) : undefined
      if (counts !== undefined && counts.lag === 0) return { at, counts }
      const now = { ...open, lag: counts?.lag ?? 0 }
      onPoll(now)
      if (JSON.stringify(now) !== last) movedAt = at
      last = JSON.stringify(now)
      if (at - movedAt > STALLED_MS) throw new Error(`nothing moves any more; left to do: ${describeOpen(now)}`)
      await delay(POLL_MS, undefined, { signal })
    }
  } finally {
    await admin.disconnect()
  }
}

/** `12 waiting, 3 windows`; nothing for what is zero. */
export function describeOpen(open: Open): string {
  const parts = Object.entries(open).filter(([, count]) => count > 0)
  return parts.map(([what, count]) => `${count.toLocaleString('en')} ${what}`).join(', ')
}

async function countOpen({ collections }: Deployment, events: number): Promise<Omit<Open, 'lag'>> {
  const { webhookEvents, refreshWindows } = collections
  const [recorded, undecided, waiting, windows] = await Promise.all([
    webhookEvents.estimatedDocumentCount(),
    webhookEvents.countDocuments({ processed: false }),
    // Any text at all: an event that waits for a company, by the index.
    webhookEvents.countDocuments({ waitingFor: { $gt: '' } }),
    refreshWindows.countDocuments({ $or: [{ pending: { $ne: null } }, { outbox: { $ne: null } }] }),
  ])
  return { unrecorded: events - recorded, undecided, waiting, windows }
}

const isNothing = (open: Omit<Open, 'lag'>) => Object.values(open).every((count) => count <= 0)
