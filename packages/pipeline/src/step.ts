/**
 * One step of a pipeline: a value, so that it is tested by calling `execute`.
 * Its context is whatever it needs from outside; an orchestrator that offers at least that can run it.
 */
export interface Step<Name extends string, Input, Output, Context> {
  readonly name: Name
  /** Equal for inputs whose execution has one and the same effect. Cheap: it is asked for every execution. */
  readonly idempotencyKey: (input: Input) => string
  /** False where an attempt that failed must not be repeated: what failed without a known cause is then permanent. */
  readonly retryable: boolean
  readonly execute: (input: Input, context: Context) => Promise<Output> | Output
}

/** Any step that a given context can serve. */
// biome-ignore lint/suspicious/noExplicitAny: inputs and outputs of unlike steps have no common type; sequences check them
export type AnyStep<Context> = Step<string, any, any, Context>

/** Gives a step its literal name without a type annotation. */
export function defineStep<const Name extends string, Input, Output, Context>(
  step: Step<Name, Input, Output, Context>,
): Step<Name, Input, Output, Context> {
  return step
}

export type InputOf<S> = S extends { readonly execute: (input: infer Input, context: never) => unknown } ? Input : never

export type OutputOf<S> = S extends { readonly execute: (input: never, context: never) => infer Output }
  ? Awaited<Output>
  : never
