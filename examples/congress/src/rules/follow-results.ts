/** What a subscriber looks at in a result. */
export interface SeenResult {
  readonly companyId: string
  readonly refreshId: string
  readonly outcome: 'completed' | 'failed'
  readonly sequence: number
  readonly previousSequence: number | null
}

export interface ResultsSoFar {
  /** Different results; a repeat has a refreshId and outcome that were seen before. */
  readonly results: number
  readonly failed: number
  readonly repeats: number
  /** Broken promises, in words. */
  readonly problems: readonly string[]
}

/**
 * Follows refresh results as a subscriber would and checks what the contract promises: a company's sequence grows, a
 * sequence has one refreshId, and each completed result names the completed one before it, so that no difference is
 * missing.
 */
export function createResultsFollower(): { see(result: SeenResult): void; soFar(): ResultsSoFar } {
  const seen = new Set<string>()
  const highest = new Map<string, { sequence: number; refreshId: string }>()
  const lastCompleted = new Map<string, number>()
  const problems: string[] = []
  let failed = 0
  let repeats = 0

  const check = ({ companyId, refreshId, outcome, sequence, previousSequence }: SeenResult) => {
    const last = highest.get(companyId)
    if (last !== undefined && sequence < last.sequence) {
      problems.push(`${companyId}: sequence ${sequence} came after ${last.sequence}`)
    } else if (last?.sequence === sequence && last.refreshId !== refreshId) {
      problems.push(`${companyId}: sequence ${sequence} has two refreshes, ${last.refreshId} and ${refreshId}`)
    }
    if (outcome !== 'completed') return
    const before = lastCompleted.get(companyId) ?? null
    if (previousSequence !== before) {
      problems.push(`${companyId}: sequence ${sequence} follows ${previousSequence}, but ${before} was the one before`)
    }
  }

  return {
    see: (result) => {
      const id = `${result.refreshId}:${result.outcome}`
      if (seen.has(id)) {
        repeats += 1
        return
      }
      seen.add(id)
      check(result)
      if (result.outcome === 'failed') failed += 1
      else lastCompleted.set(result.companyId, result.sequence)
      const last = highest.get(result.companyId)
      if (last === undefined || result.sequence > last.sequence) highest.set(result.companyId, result)
    },
    soFar: () => ({ results: seen.size, failed, repeats, problems }),
  }
}
