import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { RunScope } from './run-scope.ts'

/** Cancels a run when its caller's signal aborts or its time is up; one listener and one timer, for all its nodes. */
export function watchForEnd(scope: RunScope, signal: AbortSignal | undefined): () => void {
  const { cancellation, clock, deadline } = scope
  const onAbort = () => cancellation.abort(runCancelled(scope, signal?.reason))
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted) onAbort()
  const left = deadline - clock.now()
  const stopTimer =
    deadline === Infinity ? () => {} : clock.after(Math.max(0, left), () => cancellation.abort(deadlineExceeded(scope)))
  return () => {
    signal?.removeEventListener('abort', onAbort)
    stopTimer()
  }
}

export function runCancelled({ key, workflow }: Pick<RunScope, 'key' | 'workflow'>, reason: unknown): AppError {
  return new AppError(`run "${key}" of workflow "${workflow}" was cancelled; run it again to go on`, {
    code: 'run_cancelled',
    fate: classifyError(reason).fate,
    cause: reason,
  })
}

function deadlineExceeded({ key, workflow }: RunScope): AppError {
  return new AppError(`run "${key}" of workflow "${workflow}" did not end by its deadline; run it again to go on`, {
    code: 'run_deadline_exceeded',
    fate: 'retryable',
  })
}
