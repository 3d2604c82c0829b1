import type { CompiledPolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import type { Versioned } from '@buyer-group/shared/config/content-version.ts'
import type { BatchHandler, Decoded } from '@buyer-group/shared/kafka/consumer-types.ts'
import { traceparentOf } from '@buyer-group/shared/messages/traceparent.ts'
import { done } from '@buyer-group/shared/outcomes/verdict.ts'
import { claimWindows } from './claim-windows.ts'
import { decideEvents } from './decide-events.ts'
import type { Detector } from './detector.ts'
import { handleRequests, type RequestItem } from './handle-requests.ts'
import { locatePeople } from './locate-people.ts'
import { recordEvents } from './record-events.ts'
import { type ChangeItem, toChangeItem, type Whereabouts } from './rules/change-item.ts'
import type { DetectorMessage } from './rules/detector-message.ts'
import { sendCommands } from './send-commands.ts'

/**
 * The detector's whole flow (guarantees.md, "detector, per batch"): record, claim, produce, decide; the runner commits.
 * After a failure at any point the whole batch may come again, to this process or another: every step can be repeated.
 * Changes cost the same few round trips to MongoDB however many they are. Manual refreshes come last, so that they take
 * over what the batch's changes left pending.
 * @throws what the stores and the publisher throw: nothing is committed then, and the batch comes again.
 */
export function createBatchHandler(detector: Detector): BatchHandler<DetectorMessage> {
  const { metrics, policy } = detector

  return async (batch, signal) => {
    const stopTimer = metrics.batchDuration.startTimer()
    const whereabouts = await locatePeople(
      detector,
      batch.map(({ value }) => value),
    )
    const { changes, requests, traceparents } = sortByKind(batch, policy(), whereabouts)

    const recorded = await recordEvents(detector, changes)
    signal.throwIfAborted()
    const { commandIds, commands } = await claimWindows(detector, recorded.open)
    // Stopping here loses nothing: every claim stands in its outbox, from where a sweeper produces it, and the batch
    // comes again to whoever has the partitions now.
    signal.throwIfAborted()
    await sendCommands(detector, commands, traceparents)
    const judged = await decideEvents(detector, recorded, commandIds)

    const answered = await handleRequests(detector, requests, traceparents, signal)

    metrics.batchSize.observe(batch.length)
    stopTimer()
    return batch.map((_, index) => judged.get(index) ?? answered.get(index) ?? done)
  }
}

interface SortedBatch {
  readonly changes: readonly ChangeItem[]
  readonly requests: readonly RequestItem[]
  /** By company: the trace context of the first message about it that has one. */
  readonly traceparents: ReadonlyMap<string, string>
}

function sortByKind(
  batch: readonly Decoded<DetectorMessage>[],
  policy: Versioned<CompiledPolicy>,
  whereabouts: Whereabouts,
): SortedBatch {
  const changes: ChangeItem[] = []
  const requests: RequestItem[] = []
  const traceparents = new Map<string, string>()
  for (const [index, { message, value }] of batch.entries()) {
    const traceparent = traceparentOf(message)
    const companyIds: string[] = []
    if (value.kind === 'change') {
      const item = toChangeItem(index, value, policy, whereabouts)
      changes.push(item)
      companyIds.push(...item.placements.map((placement) => placement.companyId))
    } else {
      requests.push({ index, request: value.request })
      companyIds.push(value.request.companyId)
    }
    if (traceparent === undefined) continue
    for (const companyId of companyIds) if (!traceparents.has(companyId)) traceparents.set(companyId, traceparent)
  }
  return { changes, requests, traceparents }
}
