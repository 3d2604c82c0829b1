import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import type { Detector } from './detector.ts'
import type { ConditionalClaim } from './rules/window-updates.ts'
import type { WonWindow } from './stores/stores.ts'

/**
 * Claims the windows that the database can claim. One that it cannot compute or that would break the schema (written by
 * hand, or by an old version) fails the whole call, and a sweep that gave up there would meet it again each time, so that
 * no company behind it was ever refreshed. So a call that failed is made again for each half, down to the one at fault,
 * which is logged, counted and left as it is. What the failed call has claimed carries the claims' token and is found.
 * @returns the claimed windows.
 * @throws what the store throws while the database is away.
 */
export async function claimWhatCanBe(
  detector: Detector,
  claims: readonly ConditionalClaim[],
): Promise<readonly WonWindow[]> {
  try {
    return await detector.stores.windows.claimIfUnchanged(claims)
  } catch (error) {
    if (classifyError(error).fate === 'unavailable') throw error
    if (claims.length <= 1) {
      for (const { changes } of claims) noteRefused(detector, changes.companyId, error)
      return []
    }
    const half = Math.ceil(claims.length / 2)
    const first = await claimWhatCanBe(detector, claims.slice(0, half))
    return [...first, ...(await claimWhatCanBe(detector, claims.slice(half)))]
  }
}

function noteRefused({ metrics, logger }: Detector, companyId: string, error: unknown): void {
  metrics.refusedClaims.inc()
  // MongoDB's number: 121 is the schema, see its error codes for the others.
  const databaseCode = (error as { readonly code?: unknown } | null)?.code
  logger.warn(
    { companyId, databaseCode, ...describeError(error) },
    'the database cannot claim this window, its company is not refreshed until its document in refresh_windows is mended',
  )
}
