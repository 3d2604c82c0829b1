import type { z } from 'zod'

/** For configurations that read both. The file names the types as well: who sets both would wait for one in vain. */
export function refuseTwoPolicies(
  config: { readonly SIGNIFICANT_TYPES?: unknown; readonly SIGNIFICANCE_POLICY?: unknown },
  context: z.RefinementCtx,
): void {
  if (config.SIGNIFICANT_TYPES === undefined || config.SIGNIFICANCE_POLICY === undefined) return
  context.addIssue({
    code: 'custom',
    path: ['SIGNIFICANT_TYPES'],
    message: 'must not be set together with SIGNIFICANCE_POLICY; put the types into that file as significantTypes',
  })
}
