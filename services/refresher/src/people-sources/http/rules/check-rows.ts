import { garbage } from './source-errors.ts'

/** Up to this share of a company's rows may be unreadable: providers' data has holes. More, and the mapping is wrong. */
const MAX_BAD_SHARE = 0.2

/**
 * One unreadable row is always left out and counted, so that a single bad record never keeps a small company from being
 * refreshed; of more, at most a fifth.
 * @param reason why the first unreadable row is that: names fields, never values.
 * @throws PeopleSourceError `people_source_garbage` where there are more.
 */
export function checkRows(rows: number, bad: number, reason: string | undefined): void {
  if (bad <= 1 || bad <= rows * MAX_BAD_SHARE) return
  throw garbage(`${bad} of ${rows} rows cannot be read (the first: ${reason ?? 'no reason'})`)
}
