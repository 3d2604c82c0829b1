/** Keys remembered: some hundred megabytes. A repeat further behind the first counts as an event of its own. */
const MAX_KEYS = 1_000_000

/** Tells whether a key came before among the last million different ones. */
export function createRepeatFilter(maxKeys = MAX_KEYS): (key: string) => boolean {
  const seen = new Set<string>()
  return (key) => {
    if (seen.has(key)) return true
    seen.add(key)
    if (seen.size > maxKeys) {
      // A set keeps the order in which its keys came: the first is the oldest.
      for (const oldest of seen) {
        seen.delete(oldest)
        break
      }
    }
    return false
  }
}
