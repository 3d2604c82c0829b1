import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import type { DetectorMetrics } from './metrics.ts'

export interface SweeperOptions {
  readonly sweep: (signal: AbortSignal) => Promise<void>
  /** The pause after each sweep, in milliseconds. */
  readonly intervalMs: number
  readonly metrics: Pick<DetectorMetrics, 'sweeps'>
  readonly logger: Logger
}

/**
 * Sweeps for as long as the process runs, never twice at once. A sweep that fails is logged and the next one goes on:
 * what it left undone is still in the database.
 * @returns stop: waits for the sweep under way.
 */
export function startSweeper({ sweep, intervalMs, metrics, logger }: SweeperOptions): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping

  const run = async () => {
    while (!signal.aborted) {
      try {
        await sweep(signal)
        metrics.sweeps.inc({ outcome: 'ok' })
      } catch (error) {
        metrics.sweeps.inc({ outcome: 'failed' })
        logger.warn(describeError(error), 'a sweep failed, the next one goes on')
      }
      await wait(intervalMs, undefined, { signal }).catch(() => {})
    }
  }
  const running = run()

  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
