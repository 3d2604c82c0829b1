import {
  DEPARTMENT_RULES,
  type Department,
  SENIORITY_RULES,
  SERVES_ANOTHER,
  type Seniority,
  type TitleRule,
} from './title-rules.ts'

export interface TitleReading {
  readonly seniority: Seniority
  readonly department: Department
}

/**
 * Reads seniority and department from a job title (rules: title-rules.ts). A title that nothing matches is an
 * individual's in `other`; so is an empty one.
 */
export function classifyTitle(title: string): TitleReading {
  const own = ownPart(foldTitle(title))
  return {
    seniority: firstMatch(SENIORITY_RULES, own) ?? 'individual',
    department: firstMatch(DEPARTMENT_RULES, own) ?? 'other',
  }
}

/** Reads a department that a source named, such as "Sales & Marketing" or "Revenue Operations"; null where unknown. */
export function classifyDepartment(text: string): Department | null {
  const folded = foldTitle(text)
  const named = DEPARTMENT_RULES.find((rule) => rule.label === folded)?.label
  return named ?? (folded === 'other' ? 'other' : (firstMatch(DEPARTMENT_RULES, folded) ?? null))
}

function firstMatch<Label>(rules: readonly TitleRule<Label>[], text: string): Label | undefined {
  return rules.find((rule) => rule.pattern.test(text))?.label
}

/** "assistant to the ceo" speaks of an assistant. */
function ownPart(folded: string): string {
  return SERVES_ANOTHER.exec(folded)?.[1] ?? folded
}

function foldTitle(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}&+]+/gu, ' ')
    .trim()
}
