import { DEPARTMENT_NAMES } from './departments.ts'
import { departmentBetween, findAreas } from './find-department.ts'
import { readTitle, wordsOf } from './read-title.ts'
import { DEPARTMENTS, type Department, type Seniority } from './title-rules.ts'

export interface TitleReading {
  readonly seniority: Seniority
  readonly department: Department
}

/**
 * Reads seniority and department from a job title; docs/titles.md says by which guideline. Of several posts the highest
 * that the person holds counts, not one that they serve or have left. A title that nothing matches, also an empty one,
 * is an individual's in `other`. Total and deterministic; of a title longer than MAX_TITLE_LENGTH the rest is not read.
 */
export function classifyTitle(title: string): TitleReading {
  const { seniority, department } = readTitle(title)
  return { seniority, department }
}

/** Reads a department that a source named, such as "Sales & Marketing" or "Revenue Operations"; null where unknown. */
export function classifyDepartment(text: string): Department | null {
  const words = wordsOf(text)
  const name = text.trim().toLowerCase()
  const own = DEPARTMENTS.find((department) => department === name) ?? DEPARTMENT_NAMES.get(words.join(' '))
  if (own !== undefined) return own
  const scopes = words.map(() => 'own' as const)
  return departmentBetween(findAreas(words, scopes), words, 0, words.length) ?? null
}
