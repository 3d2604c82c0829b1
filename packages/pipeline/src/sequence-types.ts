import type { InputOf, OutputOf } from './step.ts'

/** The steps an orchestrator knows, by name. */
export type Registered = Readonly<Record<string, unknown>>

/** A list of steps, by their names. */
export type ByName<Steps extends readonly { readonly name: string }[]> = {
  readonly [S in Steps[number] as S['name']]: S
}

/**
 * `Names` if every step's output is what the next one takes; otherwise a tuple with words in the place of the first
 * name that does not fit, which the compiler then shows. Names known only at run time (`string[]`) pass.
 */
export type CheckedSequence<Steps extends Registered, Names extends readonly string[]> = string extends Names[number]
  ? Names
  : Names extends readonly [infer First extends string, ...infer Rest extends readonly string[]]
    ? First extends keyof Steps
      ? readonly [First, ...CheckedRest<Steps, First, Rest>]
      : readonly [`"${First}" is not registered`, ...Rest]
    : Names

type CheckedRest<
  Steps extends Registered,
  Previous extends keyof Steps,
  Names extends readonly string[],
> = Names extends readonly [infer Next extends string, ...infer Rest extends readonly string[]]
  ? Next extends keyof Steps
    ? OutputOf<Steps[Previous]> extends InputOf<Steps[Next]>
      ? [Next, ...CheckedRest<Steps, Next, Rest>]
      : [`"${Next}" does not take what the step before it returns`, ...Rest]
    : [`"${Next}" is not registered`, ...Rest]
  : []

export type SequenceInput<Steps extends Registered, Names extends readonly string[]> = string extends Names[number]
  ? unknown
  : Names extends readonly [infer First extends keyof Steps, ...unknown[]]
    ? InputOf<Steps[First]>
    : unknown

export type SequenceOutput<Steps extends Registered, Names extends readonly string[]> = string extends Names[number]
  ? unknown
  : Names extends readonly [...unknown[], infer Last extends keyof Steps]
    ? OutputOf<Steps[Last]>
    : unknown
