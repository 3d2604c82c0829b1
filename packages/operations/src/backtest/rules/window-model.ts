/** What was claimed for one company. */
export interface CompanyClaims {
  readonly leading: number
  readonly trailing: number
}

/** The refresh windows of every company, gone through in the order of time. */
export interface WindowModel {
  /**
   * A significant change at that time (milliseconds since the epoch).
   * @returns whether it claimed a window; if not, an open one's trailing refresh covers it.
   */
  take(companyId: string, at: number): boolean
  /** What was claimed so far. Windows that are open with changes pending are claimed at their end, whenever that is. */
  claims(): ReadonlyMap<string, CompanyClaims>
}

interface Window {
  closesAt: number
  isPending: boolean
  leading: number
  trailing: number
}

/**
 * The rules by which the detector claims (system.md, "refresh window"), for a detector that takes every change at the
 * moment ingest took it: outside a window a change claims a new one, inside it is pending, and a window that ends with
 * changes pending is claimed at that moment, which opens the next. Changes that come out of order count as of the latest
 * time seen at their company.
 */
export function createWindowModel(windowMs: number): WindowModel {
  const windows = new Map<string, Window>()
  return {
    take: (companyId, at) => {
      const window = windows.get(companyId) ?? {
        closesAt: Number.NEGATIVE_INFINITY,
        isPending: false,
        leading: 0,
        trailing: 0,
      }
      windows.set(companyId, window)
      if (window.isPending && window.closesAt <= at) {
        window.isPending = false
        window.trailing += 1
        window.closesAt += windowMs
      }
      if (at < window.closesAt) {
        window.isPending = true
        return false
      }
      window.leading += 1
      window.closesAt = at + windowMs
      return true
    },
    claims: () =>
      new Map(
        [...windows].map(([companyId, { leading, trailing, isPending }]) => [
          companyId,
          { leading, trailing: trailing + Number(isPending) },
        ]),
      ),
  }
}
