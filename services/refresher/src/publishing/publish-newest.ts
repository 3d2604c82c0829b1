import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Refresher } from '../refresher.ts'
import { publishCurrent } from './publish-group.ts'

/** Waits between attempts, in milliseconds: about twenty seconds in all, less than a process has to shut down. */
const PAUSES_MS = [50, 100, 200, 400, 800, 1_600, 3_000, 3_000, 3_000, 3_000, 3_000]

/**
 * The stored sequence may have grown, and the state that we published stand behind a newer one in the compacted topic:
 * publishes the stored state until what was published last is what is stored.
 *
 * Goes on where our partition was revoked meanwhile, and tries again by itself while a part is away: whoever has taken
 * over knows nothing of our message, and the command that comes again finds itself superseded and publishes nothing.
 *
 * When the process drains, the waits end at once: one more attempt, and what fails then is given up, as the process would
 * be ended on the way. Nothing is committed then and the command comes again; only where a newer state was stored
 * meanwhile may ours stand in front of subscribers until the company's next refresh.
 * @throws the last failure, once the attempts are used up.
 */
export async function publishNewest(
  refresher: Refresher,
  published: BuyerGroupDoc,
  traceparent: string | undefined,
): Promise<void> {
  const { stores, logger, pause } = refresher
  const { companyId, commandId } = published
  let last = published.sequence
  let isDraining = false
  for (let attempt = 0; ; attempt += 1) {
    try {
      for (;;) {
        const stored = await stores.groups.find(companyId)
        if (stored === null || stored.sequence <= last) return
        await publishCurrent(refresher, stored, traceparent)
        last = stored.sequence
      }
    } catch (error) {
      const waitMs = isDraining ? undefined : PAUSES_MS[attempt]
      if (waitMs === undefined) throw error
      logger.warn({ companyId, commandId, ...describeError(error) }, 'the published state could not be checked yet')
      await pause(waitMs).catch(() => {
        isDraining = true
      })
    }
  }
}
