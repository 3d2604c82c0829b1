import type { CountOf } from '@buyer-group/shared/mongo/collections.ts'

/** Counts by name, in memory for each different name. */
export interface NameCounts {
  add(name: string): void
  /** The most frequent first, names of one count in order; at most `limit`. */
  top(limit?: number): CountOf[]
  readonly size: number
}

export function createNameCounts(): NameCounts {
  const counts = new Map<string, number>()
  return {
    add: (name) => {
      counts.set(name, (counts.get(name) ?? 0) + 1)
    },
    top: (limit) =>
      [...counts]
        .map(([name, count]) => ({ name, count }))
        .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
        .slice(0, limit),
    get size() {
      return counts.size
    },
  }
}
