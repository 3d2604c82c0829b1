/**
 * What a handler says of one message; the consumer runner acts on it (and is the only one to commit, retry or dead-letter).
 * - `done`: its effects are durable;
 * - `skip`: nothing was to be done (a repeat, a stale command); `reason` is a short stable word for metrics;
 * - `retry`: not now; the runner tries again later;
 * - `deadLetter`: never; the original bytes go to the dead-letter topic with code and message.
 */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'retry'; readonly code: string; readonly message: string }
  | { readonly kind: 'deadLetter'; readonly code: string; readonly message: string; readonly step?: string }

export const done: Verdict = { kind: 'done' }

export const skip = (reason: string): Verdict => ({ kind: 'skip', reason })

export const retry = (code: string, message: string): Verdict => ({ kind: 'retry', code, message })

export const deadLetter = (code: string, message: string, step?: string): Verdict =>
  step === undefined ? { kind: 'deadLetter', code, message } : { kind: 'deadLetter', code, message, step }
