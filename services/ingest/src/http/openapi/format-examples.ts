/** A delivery of each format that is not the native one, with invented people. */
const EXAMPLES: Readonly<Record<string, unknown>> = {}

/** A delivery in the format of this name. */
export function exampleOfFormat(name: string): unknown {
  return EXAMPLES[name] ?? {}
}
