import type { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { cancelled } from '../execution/cancelled.ts'
import { onAbort } from '../execution/on-abort.ts'
import type { RunScope } from './run-scope.ts'

/** Cancels a run when its caller's signal aborts or its time is up; one listener and one timer, for all its nodes. */
export function watchForEnd(scope: RunScope, signal: AbortSignal | undefined): () => void {
  const { cancellation, clock, deadline } = scope
  const stopListening = onAbort(signal, () => cancellation.abort(runCancelled(scope, signal?.reason)))
  const left = deadline - clock.now()
  const stopTimer = deadline === Infinity ? () => {} : clock.after(Math.max(0, left), () => scope.endTime())
  return () => {
    stopListening()
    stopTimer()
  }
}

export function runCancelled({ key, workflow }: Pick<RunScope, 'key' | 'workflow'>, reason: unknown): AppError {
  return cancelled(`run "${key}" of workflow "${workflow}" was cancelled; run it again to go on`, reason)
}
