export interface SummaryFacts {
  readonly rows: number
  readonly imported: number
  readonly rejected: number
  readonly companies: number
  readonly retired: number
  readonly unsure: number
  readonly isSnapshot: boolean
  readonly isDryRun: boolean
  readonly rejectsFile: string
}

const count = (number: number, one: string, many: string) =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`

/** What an import came to, a line each. */
export function describeSummary(facts: SummaryFacts): readonly string[] {
  const { rows, imported, rejected, companies, retired, unsure, isSnapshot, isDryRun, rejectsFile } = facts
  const kept = isDryRun ? 'good (nothing was written: --dry-run)' : 'imported'
  const lines = [
    `${count(rows, 'row', 'rows')}: ${imported.toLocaleString('en')} ${kept}, ${rejected.toLocaleString('en')} rejected; ${count(companies, 'company', 'companies')}.`,
  ]
  if (isSnapshot && !isDryRun) {
    lines.push(`${count(retired, 'position that is', 'positions that are')} not in the file ended.`)
    if (unsure > 0) {
      lines.push(
        `At ${count(unsure, 'company', 'companies')} no position was ended, since a rejected row may be one of theirs: correct the rows and run it again.`,
      )
    }
  }
  if (rejected > 0) lines.push(`WARNING: the rejected rows, each with its line and reason, are in ${rejectsFile}`)
  if (imported === 0) lines.push(rows === 0 ? 'The file holds no rows.' : 'Nothing was imported.')
  return lines
}
