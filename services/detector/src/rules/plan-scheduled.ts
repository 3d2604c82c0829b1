/** A stored buyer group that has reached the age at which it is refreshed although nothing changed. */
export interface AgedGroup {
  readonly companyId: string
  /** Of the refresh that made it. */
  readonly sequence: number
  readonly refreshedAt: Date
}

/** What the window of an aged group's company says, by the database's clock. */
export interface ScheduleState {
  /** Of the last claim. */
  readonly sequence: number
  /** Closed, and neither changes pending nor a command waiting in it: somebody else takes care of those. */
  readonly isFree: boolean
  /** The last claim is younger than the age that makes a group old. */
  readonly claimedLately: boolean
}

/** A company to claim, under the condition that its window is still as it was read. */
export interface PlannedSchedule {
  readonly companyId: string
  /** Null where the company has no window. */
  readonly seenSequence: number | null
}

export interface SchedulePlan {
  readonly due: readonly PlannedSchedule[]
  /**
   * The last claim has not led to a newer group yet: its command waits for its turn behind a window that is shorter than
   * the backlog, and another would only make that longer, or its refresh has failed and this is the next window's try.
   */
  readonly unfinished: readonly PlannedSchedule[]
}

/**
 * Sorts out which aged groups are refreshed now; none whose company has an open window.
 * @param groups read before the windows, so that a refresh in between shows in its window's sequence.
 * @param windows by company.
 */
export function planScheduled(groups: readonly AgedGroup[], windows: ReadonlyMap<string, ScheduleState>): SchedulePlan {
  const due: PlannedSchedule[] = []
  const unfinished: PlannedSchedule[] = []
  for (const { companyId, sequence } of groups) {
    const window = windows.get(companyId)
    if (window === undefined) due.push({ companyId, seenSequence: null })
    else if (!window.isFree) continue
    else if (window.sequence > sequence && window.claimedLately) {
      unfinished.push({ companyId, seenSequence: window.sequence })
    } else due.push({ companyId, seenSequence: window.sequence })
  }
  return { due, unfinished }
}
