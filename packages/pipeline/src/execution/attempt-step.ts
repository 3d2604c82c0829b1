import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { StepRun } from '../step.ts'
import type { StepWork } from './step-work.ts'

/** What a step is told of one attempt; made of the work only as far as the step looks at it. */
class Attempt implements StepRun {
  readonly attempt: number
  readonly #work: StepWork
  readonly #controller: AbortController | undefined

  constructor(work: StepWork, controller: AbortController | undefined) {
    this.attempt = work.attempts
    this.#work = work
    this.#controller = controller
  }

  get signal(): AbortSignal {
    return (this.#controller ?? this.#work.cancellation).signal
  }

  get idempotencyKey(): string {
    return this.#work.idempotencyKey
  }
}

/**
 * Makes one attempt: the step's output, or a promise of it; throws what the step throws. Without a time limit that is a
 * plain call, with no timer and no promise of our own.
 * @throws AppError `step_timeout` (retryable). What the attempt still does then is nobody's any more.
 */
export function attemptStep(work: StepWork): unknown {
  work.attempts += 1
  const { timeout, retry } = work.step
  if (timeout === undefined && retry?.deadlineMs === undefined) return invoke(work, undefined)
  const left = work.startedAt + (retry?.deadlineMs ?? Infinity) - work.clock.now()
  return attemptWithin(Math.max(0, Math.min(timeout ?? Infinity, left)), work)
}

function invoke(work: StepWork, controller: AbortController | undefined): unknown {
  return work.step.execute(work.input, work.context, new Attempt(work, controller))
}

function attemptWithin(limitMs: number, work: StepWork): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController()
    const unlink = work.cancellation.link(controller)
    const stopTimer = work.clock.after(limitMs, () => {
      unlink()
      const error = stepTimeout(work.step.name, limitMs)
      reject(error)
      controller.abort(error)
    })
    const release = () => {
      stopTimer()
      unlink()
    }
    const attempt = async () => invoke(work, controller)
    attempt().then(
      (output) => {
        release()
        resolve(output)
      },
      (cause) => {
        release()
        reject(cause)
      },
    )
  })
}

function stepTimeout(step: string, limitMs: number): AppError {
  return new AppError(`step "${step}" did not end within ${limitMs} ms; whether it took effect is unknown`, {
    code: 'step_timeout',
    fate: 'retryable',
  })
}
