import type { ZodError } from 'zod'

/** One thing that is wrong with a body, and where. Quotes nothing of it. */
export interface Issue {
  readonly path: readonly (string | number)[]
  readonly code: string
  readonly message: string
}

/** Every zod issue with its path, in words that hold nothing of the input. */
export function toIssues(error: ZodError): Issue[] {
  return error.issues.map(({ path, code, message }) => ({ path: path.map(showKey), code, message }))
}

/** Some keys are the sender's own: only what looks like a field's name is shown. */
function showKey(key: PropertyKey): string | number {
  if (typeof key === 'number') return key
  return typeof key === 'string' && /^[\w.-]{1,64}$/.test(key) ? key : '*'
}
