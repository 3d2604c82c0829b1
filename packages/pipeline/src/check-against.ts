import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { z } from 'zod'
import type { AnyStep } from './step.ts'

/** As many of a schema's complaints as fit into one sentence. */
const MAX_NAMED = 5

/**
 * What a schema makes of a value.
 * @throws AppError with the given code (permanent) that names the paths and the kinds of issue, never the values.
 */
export function checkAgainst<Output>(schema: z.ZodType<Output>, value: unknown, code: string, what: string): Output {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { issues } = result.error
  const named = issues.slice(0, MAX_NAMED).map((issue) => `${pathOf(issue.path)} (${issue.code})`)
  const more = issues.length > MAX_NAMED ? ` and ${issues.length - MAX_NAMED} more` : ''
  throw new AppError(`${what} does not fit its schema at ${named.join(', ')}${more}`, { code, fate: 'permanent' })
}

/**
 * What a step is executed with, of what it is given.
 * @throws AppError `invalid_step_input` (permanent) that names the step and what does not fit.
 */
export function checkStepInput({ name, input }: AnyStep<never>, given: unknown): unknown {
  return input === undefined ? given : checkAgainst(input, given, 'invalid_step_input', `the input of step "${name}"`)
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'its top' : path.map(String).join('.')
}
