/** Companies in one read. */
export const COMPANIES_TOGETHER = { maxBatch: 64, maxInFlight: 1 } as const

/** Keys in one read; whoever asks for more travels alone. */
export const KEYS_TOGETHER = {
  maxBatch: 64,
  maxInFlight: 1,
  maxBatchWeight: 2_000,
  weigh: (list: readonly unknown[]) => list.length,
} as const
