/** Whose trouble it is that the provider does not serve a company: that company's own, or everybody's. */
export interface Outages {
  /** The provider answered for this company. */
  served(companyId: string): void
  /** It failed for this company, now. Is that everybody's trouble? */
  isOutage(companyId: string): boolean
}

/** So many companies failing, with nobody served since the first of them, are an outage. */
export const OUTAGE_COMPANIES = 5

/** Companies in trouble that are remembered. */
const REMEMBERED = 1_000

/** What failed longer ago shows nothing of the provider as it is now; whoever waits for it fails again long before that. */
const SIGN_MS = 10 * 60_000

/**
 * Tells a provider that is in trouble from a company that it cannot serve: several companies must have come into trouble
 * since it last served anybody, and still be in it. One alone never counts for all: whoever waits for a part that is away takes in no other
 * company's work, so that nobody else would ever be served to show that it is there.
 */
export function createOutages(now: () => number): Outages {
  let answers = 0
  /** By company: how many answers there had been when its trouble began, and when it failed last. */
  const inTrouble = new Map<string, { readonly began: number; failedAt: number }>()
  return {
    served: (companyId) => {
      answers += 1
      inTrouble.delete(companyId)
    },
    isOutage: (companyId) => {
      const trouble = inTrouble.get(companyId) ?? { began: answers, failedAt: 0 }
      trouble.failedAt = now()
      inTrouble.set(companyId, trouble)
      const [oldest] = inTrouble.keys()
      if (inTrouble.size > REMEMBERED && oldest !== undefined) inTrouble.delete(oldest)
      let suspects = 0
      for (const { began, failedAt } of inTrouble.values()) {
        if (began === answers && now() - failedAt < SIGN_MS) suspects += 1
      }
      return suspects >= OUTAGE_COMPANIES
    },
  }
}
