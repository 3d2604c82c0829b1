import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { AuditTarget } from './audit-options.ts'
import { countMessages, type MessageCounts } from './count-messages.ts'

/** What is left to do, each a count. */
export interface Open {
  /** Events that were accepted and are not recorded yet, where it is known how many were. */
  readonly unrecorded: number
  /** Windows with changes pending, or with a command that is not known to be produced. */
  readonly windows: number
  readonly unconsumed: number
  readonly retrying: number
}

export interface SettleOptions extends Pick<AuditTarget, 'kafka' | 'collections' | 'topicPrefix'> {
  /** How many different events were accepted, if that is known: then none can be on its way to Kafka unseen. */
  readonly events?: number | undefined
  /** No progress for this long, in milliseconds, means that there will be none; a minute by default. */
  readonly stalledAfterMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onPoll?: (open: Open) => void
}

const POLL_MS = 100
const STALLED_AFTER_MS = 60_000

/**
 * Waits until nothing of a deployment is left to do: every event recorded, no window pending, no command unproduced,
 * every message committed, none in a retry topic, at two looks in a row. What then is still undecided or waiting will
 * stay so: that is for the audit to judge. Returns when the first of the two looks was, by `performance.now()`, and what
 * stands in the topics.
 * @throws AppError `not_settled` (permanent) saying what is left when nothing moves any more; the signal's reason; what
 * the clients throw.
 */
export async function waitUntilSettled(options: SettleOptions): Promise<{ at: number; counts: MessageCounts }> {
  const { kafka, signal, onPoll, stalledAfterMs = STALLED_AFTER_MS } = options
  const admin = kafka.admin()
  await admin.connect()
  try {
    let last = ''
    let movedAt = performance.now()
    let settledAt: number | undefined
    for (;;) {
      signal?.throwIfAborted()
      const at = performance.now()
      const { open, counts } = await countOpen(options, admin)
      if (counts === undefined || !isNothing(open)) settledAt = undefined
      else if (settledAt !== undefined) return { at: settledAt, counts }
      else settledAt = at
      onPoll?.(open)
      if (JSON.stringify(open) !== last) movedAt = at
      last = JSON.stringify(open)
      if (at - movedAt > stalledAfterMs) {
        throw new AppError(`nothing moves any more; left to do: ${describeOpen(open)}`, {
          code: 'not_settled',
          fate: 'permanent',
        })
      }
      await delay(POLL_MS, undefined, signal === undefined ? {} : { signal })
    }
  } finally {
    await admin.disconnect()
  }
}

/** `12 unconsumed, 3 windows`; nothing for what is zero. */
export function describeOpen(open: Open): string {
  const parts = Object.entries(open).filter(([, count]) => count > 0)
  return parts.map(([what, count]) => `${count.toLocaleString('en')} ${what}`).join(', ')
}

/** The broker is asked last, and only once the database has nothing left. */
async function countOpen(
  { collections, topicPrefix, events }: SettleOptions,
  admin: Parameters<typeof countMessages>[0],
): Promise<{ open: Open; counts: MessageCounts | undefined }> {
  const [recorded, windows] = await Promise.all([
    events === undefined ? 0 : collections.webhookEvents.estimatedDocumentCount(),
    collections.refreshWindows.countDocuments({ $or: [{ pending: { $ne: null } }, { outbox: { $ne: null } }] }),
  ])
  const stored = { unrecorded: Math.max(0, (events ?? 0) - recorded), windows }
  const counts = stored.unrecorded + windows === 0 ? await countMessages(admin, topicPrefix) : undefined
  return { open: { ...stored, unconsumed: counts?.unconsumed ?? 0, retrying: counts?.retrying ?? 0 }, counts }
}

const isNothing = (open: Open) => Object.values(open).every((count) => count === 0)
