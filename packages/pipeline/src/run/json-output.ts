import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { checkAgainst } from '../check-against.ts'
import type { AnyStep } from '../step.ts'
import type { AnyStepNode } from '../workflow/node.ts'

/**
 * A value as JSON text; the empty text stands for undefined, which JSON does not know.
 * @throws AppError with the given code (permanent) for cycles, bigints, functions and symbols.
 */
export function toJson(value: unknown, code: string, what: string): string {
  if (value === undefined) return ''
  let text: string | undefined
  let cause: unknown
  try {
    text = JSON.stringify(value)
  } catch (error) {
    cause = error
  }
  if (text !== undefined) return text
  throw new AppError(`${what} cannot be written as JSON; return plain objects, lists, texts, numbers and booleans`, {
    code,
    fate: 'permanent',
    cause,
  })
}

export function fromJson(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text)
}

/**
 * What a step's stored output is to those that depend on it.
 * @throws AppError `invalid_step_output` (permanent) where its schema refuses it.
 */
export function readStepOutput(step: AnyStep<never>, text: string): unknown {
  return reviveStepOutput(step, fromJson(text))
}

/** The same for what a whole node returned: of a fan-out a list. */
export function readNodeOutput(node: AnyStepNode, text: string): unknown {
  const value = fromJson(text)
  if (node.kind === 'step' || !Array.isArray(value)) return reviveStepOutput(node.step, value)
  return value.map((item) => reviveStepOutput(node.step, item))
}

function reviveStepOutput({ name, output }: AnyStep<never>, value: unknown): unknown {
  if (output === undefined) return value
  return checkAgainst(output, value, 'invalid_step_output', `the stored output of step "${name}"`)
}
