import { AppError, type Fate } from '@buyer-group/shared/errors/app-error.ts'
import type { z } from 'zod'
import type { AnyStep } from './step.ts'

/** As many of a schema's complaints as fit into one sentence. */
const MAX_NAMED = 5

/**
 * What a schema makes of a value.
 * @throws AppError with the given code that names the paths and the kinds of issue, never the values.
 */
export function checkAgainst<Output>(
  schema: z.ZodType<Output>,
  value: unknown,
  code: string,
  what: string,
  fate: Fate = 'permanent',
): Output {
  let result: z.ZodSafeParseResult<Output>
  try {
    result = schema.safeParse(value)
  } catch (cause) {
    throw new AppError(`${what} could not be checked: its schema threw, or is asynchronous; let it do neither`, {
      code,
      fate,
      cause,
    })
  }
  if (result.success) return result.data
  const { issues } = result.error
  const named = issues.slice(0, MAX_NAMED).map((issue) => `${pathOf(issue.path)} (${issue.code})`)
  const more = issues.length > MAX_NAMED ? ` and ${issues.length - MAX_NAMED} more` : ''
  throw new AppError(`${what} does not fit its schema at ${named.join(', ')}${more}`, { code, fate })
}

/**
 * What a step is executed with, of what it is given.
 * @throws AppError `invalid_step_input` (permanent) that names the step and what does not fit.
 */
export function checkStepInput({ name, input }: AnyStep<never>, given: unknown): unknown {
  return input === undefined ? given : checkAgainst(input, given, 'invalid_step_input', `the input of step "${name}"`)
}

/** A path within a value, for people. */
export function pathOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'its top' : path.map(String).join('.')
}
