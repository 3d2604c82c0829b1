import { defineStep, type StepRun } from '../step.ts'

/** A step that does what a test says; retryable, and every input is a piece of work of its own. */
export function stepOf<const Name extends string, Input, Output>(
  name: Name,
  execute: (input: Input, context: unknown, run: StepRun) => Promise<Output> | Output,
) {
  return defineStep({ name, idempotencyKey: (input: Input) => JSON.stringify(input) ?? '', retryable: true, execute })
}

/** A promise that is settled from outside, and a step that returns it. */
export function gate<Output = void>() {
  return Promise.withResolvers<Output>()
}
