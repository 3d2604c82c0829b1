import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { checkAgainst, pathOf } from '../check-against.ts'
import type { AnyStep } from '../step.ts'
import type { AnyStepNode } from '../workflow/node.ts'
import { findNotJson } from './find-not-json.ts'

/**
 * A value as JSON text; the empty text stands for undefined, which JSON does not know.
 * @throws AppError with the given code (permanent) for what JSON does not hold; it names what and where, never the value.
 */
export function toJson(value: unknown, code: string, what: string): string {
  if (value === undefined) return ''
  const found = findNotJson(value)
  let cause: unknown
  if (found === undefined) {
    try {
      const text = JSON.stringify(value)
      if (text !== undefined) return text
    } catch (error) {
      cause = error
    }
  }
  const where = found === undefined ? '' : `, for ${found.what} at ${pathOf(found.path)}`
  const advice = 'return plain objects, lists, texts, finite numbers and booleans'
  throw new AppError(`${what} cannot be written as JSON${where}; ${advice}`, { code, fate: 'permanent', cause })
}

export function fromJson(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text)
}

/**
 * What a step just returned, as it is stored.
 * @throws AppError `unserialisable_output` (permanent); `invalid_step_output` where the step's schema could not read it
 * back, of fate unknown, because another attempt may answer otherwise.
 */
export function writeStepOutput(step: AnyStep<never>, output: unknown): string {
  const text = toJson(output, 'unserialisable_output', `the output of step "${step.name}"`)
  if (step.output !== undefined) readFresh(step, text)
  return text
}

/**
 * What a step just returned, as it would be read from a store.
 * @throws what `writeStepOutput` throws.
 */
export function throughJson(step: AnyStep<never>, output: unknown): unknown {
  const isSame = typeof output === 'string' || typeof output === 'boolean' || Number.isFinite(output)
  if (isSame && step.output === undefined) return output
  return readFresh(step, toJson(output, 'unserialisable_output', `the output of step "${step.name}"`))
}

/**
 * What a step's stored output is to those that depend on it.
 * @throws AppError `invalid_step_output` (permanent) where its schema refuses it.
 */
export function readStepOutput(step: AnyStep<never>, text: string): unknown {
  return reviveStored(step, fromJson(text))
}

/** The same for what a whole node returned: of a fan-out a list. */
export function readNodeOutput(node: AnyStepNode, text: string): unknown {
  const value = fromJson(text)
  if (node.kind === 'step' || !Array.isArray(value)) return reviveStored(node.step, value)
  return value.map((item) => reviveStored(node.step, item))
}

function reviveStored({ name, output }: AnyStep<never>, value: unknown): unknown {
  if (output === undefined) return value
  return checkAgainst(output, value, 'invalid_step_output', `the stored output of step "${name}"`)
}

function readFresh({ name, output }: AnyStep<never>, text: string): unknown {
  const value = fromJson(text)
  if (output === undefined) return value
  return checkAgainst(output, value, 'invalid_step_output', `the output of step "${name}"`, 'unknown')
}
