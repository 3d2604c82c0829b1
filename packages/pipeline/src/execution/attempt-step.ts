import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { AroundAttempt, StepRun } from '../step.ts'
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

  get run(): string | undefined {
    return this.#work.run
  }

  get node(): string {
    return this.#work.name
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
 * @throws AppError `step_timeout` (retryable): what the attempt still does then is nobody's any more; also where there is
 * no time left to begin it. The reason of the cancellation where nothing may begin any more.
 */
export function attemptStep(work: StepWork): unknown {
  if (!work.mayStart()) throw work.cancellation.reason
  const limitMs = limitOf(work)
  work.attempts += 1
  return limitMs === Infinity ? invoke(work, undefined) : attemptWithin(limitMs, work)
}

/** How many milliseconds the next attempt may take. The time for all of them counts from when the first one begins. */
function limitOf(work: StepWork): number {
  const { name, timeout = Infinity, retry } = work.step
  if (retry?.deadlineMs === undefined) return timeout
  const now = work.clock.now()
  if (work.attempts === 0) work.firstAttemptAt = now
  const left = work.firstAttemptAt + retry.deadlineMs - now
  if (left <= 0) throw stepTimeout(`step "${name}" had no time left for attempt ${work.attempts + 1}`)
  return Math.min(timeout, left)
}

function invoke(work: StepWork, controller: AbortController | undefined): unknown {
  const run = new Attempt(work, controller)
  return work.around === undefined
    ? work.step.execute(work.input, work.context, run)
    : invokeWithin(work.around, work, run)
}

function invokeWithin(around: AroundAttempt, { step, input, context }: StepWork, run: StepRun): unknown {
  return around(run, () => step.execute(input, context, run))
}

async function attemptWithin(limitMs: number, work: StepWork): Promise<unknown> {
  const controller = new AbortController()
  const { promise: timeIsUp, reject } = Promise.withResolvers<never>()
  const unlink = work.cancellation.link(controller)
  const stopTimer = work.clock.after(limitMs, () => {
    const words = `step "${work.step.name}" did not end within ${limitMs} ms; whether it took effect is unknown`
    const error = stepTimeout(words)
    reject(error)
    controller.abort(error)
  })
  try {
    return await Promise.race([invoke(work, controller), timeIsUp])
  } finally {
    stopTimer()
    unlink()
  }
}

function stepTimeout(words: string): AppError {
  return new AppError(words, { code: 'step_timeout', fate: 'retryable' })
}
