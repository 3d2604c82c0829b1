/** Shares turns among those who are ready, in proportion to their weights. */
export interface WeightedTurns {
  /** Whose turn it is among those ready, by index; undefined if none is. */
  next(isReady: (index: number) => boolean): number | undefined
}

/**
 * Smooth weighted round robin (as nginx's upstream module does it): of n turns among the same ones each gets its share,
 * evenly spread, and none is passed over for ever. Who was not ready when another took a turn starts afresh: neither
 * credit nor debt outlasts an absence, so that a heavy one that comes after a quiet time is served first.
 * @param weights positive; among equals the earlier goes first.
 */
export function weightedTurns(weights: readonly number[]): WeightedTurns {
  const credits = weights.map(() => 0)
  return {
    next: (isReady) => {
      let total = 0
      let best: number | undefined
      for (let index = 0; index < weights.length; index += 1) {
        if (!isReady(index)) {
          credits[index] = 0
          continue
        }
        const weight = weights[index] ?? 0
        total += weight
        credits[index] = (credits[index] ?? 0) + weight
        if (best === undefined || (credits[index] ?? 0) > (credits[best] ?? 0)) best = index
      }
      if (best !== undefined) credits[best] = (credits[best] ?? 0) - total
      return best
    },
  }
}
