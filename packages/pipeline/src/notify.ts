import { isPromise } from './execution/execute-step.ts'

/** Tells an observer. What it throws, now or by a promise, is dropped: an observer never harms what it watches. */
export function notify<Told>(observe: (told: Told) => unknown, told: Told): void {
  try {
    const answer = observe(told)
    if (isPromise(answer)) answer.then(undefined, () => {})
  } catch {
    // As above.
  }
}
