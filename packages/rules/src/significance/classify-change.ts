import type { ReportedEvent } from '@buyer-group/shared/messages/native-event.ts'
import { placementsOf } from '@buyer-group/shared/messages/placements.ts'
import { classifyTitle } from '../titles/classify-title.ts'
import { SENIORITIES, type Seniority } from '../titles/title-rules.ts'
import { namesAnotherCompany } from './names-another-company.ts'
import { isReadable, isSpelledAlike } from './spelling.ts'
import { textOf, valuesBefore } from './values-before.ts'

/** What a change can be read as: the four types that the contract holds for significant (system.md, "Words"). */
export type ChangeType =
  | 'person.promotion'
  | 'person.company_change'
  | 'person.department_change'
  | 'person.role_change'

/** Why a change was read as what it was. */
export type ChangeReason =
  | 'company_differs'
  | 'seniority_rose'
  | 'department_differs'
  | 'seniority_fell'
  | 'title_differs'
  /** A value is new and nothing tells the one before: it counts as a change. */
  | 'title_before_unknown'
  | 'department_before_unknown'
  /** Two spellings of one title, and nothing else. */
  | 'cosmetic'
  /** Neither title nor company nor department differs, or none is named. */
  | 'no_difference'

/** `none`: nothing that a buyer group shows has changed. */
export interface ChangeClass {
  readonly type: ChangeType | 'none'
  readonly reason: ChangeReason
}

/**
 * What changed, read from the event's companies, titles and departments alone; its own `type` is not looked at.
 * The first that fits: another company, higher seniority, another department, another title. Lower seniority is a role
 * change, because the contract has no type of its own for it. Where the event does not tell the value before, the
 * new one counts as a change: what is read as `none` may be left out of a group, so `none` must be sure.
 * @param companyId the event's company as ingest named it.
 */
export function classifyChange(event: ReportedEvent, companyId: string): ChangeClass {
  const placements = placementsOf(event, companyId)
  const here = placements.at(-1)
  if (here === undefined || placements.length > 1 || !here.active || namesAnotherCompany(event)) {
    return { type: 'person.company_change', reason: 'company_differs' }
  }
  const before = valuesBefore(event)
  const title = compareTitles(before.title, here.title)
  const isNamed = before.department !== null && here.department !== null
  const isOtherDepartment = isNamed
    ? !isSpelledAlike(before.department, here.department)
    : title.isOtherDepartment || textOf(event.changes.department?.new) !== null

  if (title.step > 0) return { type: 'person.promotion', reason: 'seniority_rose' }
  if (isOtherDepartment) {
    const isKnown = isNamed || title.isOtherDepartment
    return {
      type: 'person.department_change',
      reason: isKnown ? 'department_differs' : 'department_before_unknown',
    }
  }
  if (title.step < 0) return { type: 'person.role_change', reason: 'seniority_fell' }
  if (title.reason === 'title_differs' || title.reason === 'title_before_unknown') {
    return { type: 'person.role_change', reason: title.reason }
  }
  // A department beside two titles says where the person is; alone, it is all that the event has to say.
  if (here.title === null && here.department !== null && !isNamed) {
    return { type: 'person.department_change', reason: 'department_before_unknown' }
  }
  return { type: 'none', reason: title.reason }
}

interface TitleDifference {
  readonly reason: Extract<ChangeReason, 'title_differs' | 'title_before_unknown' | 'cosmetic' | 'no_difference'>
  /** How many levels of seniority it goes up; negative where it goes down. */
  readonly step: number
  readonly isOtherDepartment: boolean
}

function compareTitles(before: string | null, now: string | null): TitleDifference {
  const same = { step: 0, isOtherDepartment: false }
  if (now === null) return { ...same, reason: 'no_difference' }
  if (before === null) return { ...same, reason: 'title_before_unknown' }
  if (before === now) return { ...same, reason: 'no_difference' }
  if (isSpelledAlike(before, now)) return { ...same, reason: 'cosmetic' }
  // Nothing is known of a title that the tables cannot read, so nothing has risen, fallen or been left.
  if (!isReadable(before) || !isReadable(now)) return { ...same, reason: 'title_differs' }
  const [old, fresh] = [classifyTitle(before), classifyTitle(now)]
  return {
    reason: 'title_differs',
    step: rankOf(fresh.seniority) - rankOf(old.seniority),
    // A title that names no department says nothing about having left one.
    isOtherDepartment:
      old.department !== fresh.department && old.department !== 'other' && fresh.department !== 'other',
  }
}

/** Higher is more senior. */
const rankOf = (seniority: Seniority) => -SENIORITIES.indexOf(seniority)
