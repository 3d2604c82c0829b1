/** The smallest of the values that at least `percent` of them do not exceed (nearest rank); null where there are none. */
export function percentile(values: readonly number[], percent: number): number | null {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null
}
