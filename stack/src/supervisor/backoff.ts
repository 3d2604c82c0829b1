/** How long to wait before a process that died is started again. */
export type Backoff = { readonly firstMs: number; readonly mostMs: number }

/** Half a second, then twice as long each time, at most half a minute. */
export const DEFAULT_BACKOFF: Backoff = { firstMs: 500, mostMs: 30_000 }

/**
 * The wait in milliseconds before the next start.
 * @param deaths how often it has died since it last ran steadily, at least 1
 */
export function restartDelay(deaths: number, backoff: Backoff = DEFAULT_BACKOFF): number {
  return Math.min(backoff.mostMs, backoff.firstMs * 2 ** (Math.max(1, deaths) - 1))
}
