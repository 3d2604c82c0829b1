import type { GuardOptions } from './guard.ts'

/**
 * The limits of a guard around a part that this process cannot do without. The time-out is far above what a busy machine
 * needs and below the time after which the clients' own sockets give up (30 s); a part that came back is noticed within
 * a second or two.
 */
export const PART_LIMITS = {
  timeoutMs: 15_000,
  concurrency: 64,
  queue: 1_000,
  failures: 3,
  leftAloneMs: 1_000,
} as const satisfies Partial<GuardOptions>
