import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { attemptStep } from '../execution/attempt-step.ts'
import { delayAfter, isPromise } from '../execution/execute-step.ts'
import { pause } from '../execution/pause.ts'
import { readStepOutput, writeStepOutput } from '../json/json-output.ts'
import type { NodeClaim, RunStore } from '../store/run-store.ts'
import { runMoved } from './begin-run.ts'
import { holdMsOf, keepClaim } from './keep-claim.ts'
import type { NodeExecution } from './node-execution.ts'
import { untilStored } from './store-patience.ts'

/** The pauses in which a node that another worker holds is looked at again: that worker may be done at any time. */
const FIRST_LOOK_MS = 100
const LONGEST_LOOK_MS = 5_000

/**
 * Executes a node unless its output is stored, and stores it. Whatever way it comes, the output is read from JSON, so that
 * dependents see the same before and after a crash.
 *
 * claim -> attempt -> complete; the claim is asked for anew before each attempt, and is held over the delay before it, so
 * that no other worker is sooner. Where another worker holds it: wait, and look again. Where it was lost meanwhile: the
 * output of whoever finished counts, or ours if nobody has.
 * @throws what the last attempt threw; AppError `step_outcome_unknown` (permanent) where an attempt of a step that must
 * not be repeated was cut off, or failed and may have had its effect; `run_version_contended` (retryable); what the store
 * throws.
 */
export async function executeMemoised(execution: NodeExecution, store: RunStore): Promise<unknown> {
  const { scope, step, clock, cancellation } = execution
  const claim = claimOf(execution)
  const now = () => new Date(clock.now())
  /** What our own attempt returned, while it is not yet certain that it counts. */
  let ours: string | undefined
  let notBefore = 0
  /** Whether an attempt of a step that must not be repeated may have had its effect: nobody else may then have the node. */
  let isUnsafe = false
  try {
    for (let looks = 0; ; ) {
      const delayMs = Math.max(0, notBefore - clock.now())
      const ask = () => store.claim({ ...claim, at: now(), holdMs: claim.holdMs + delayMs })
      // A claim whose answer was lost may be ours: asked again, it is.
      const outcome = await untilStored(scope, ask, ours === undefined ? cancellation : undefined)
      if (outcome.kind === 'finished') {
        execution.isMemoised = ours === undefined
        return readStepOutput(step, outcome.output)
      }
      if (outcome.kind === 'moved') {
        cancellation.drain(runMoved(scope))
        throw cancellation.reason
      }
      if (outcome.kind === 'held') {
        await waitForHolder(execution, outcome.forMs, looks)
        looks += 1
        continue
      }
      if (ours === undefined) {
        if (outcome.interrupted && !step.retryable) throw outcomeUnknown(execution, 'was cut off')
        if (!scope.mayStart()) throw cancellation.reason
        let hasReturned = false
        try {
          if (delayMs > 0) await pause(clock, delayMs, cancellation)
          isUnsafe = !step.retryable
          const output = await attemptHeld(execution, store, claim)
          hasReturned = true
          ours = writeStepOutput(step, output)
        } catch (cause) {
          isUnsafe &&= hasReturned || !isRefusal(cause)
          if (isUnsafe && !hasReturned) throw outcomeUnknown(execution, 'failed', cause)
          notBefore = clock.now() + delayAfter(execution, cause)
          continue
        }
      }
      const stored = ours
      const complete = () => store.complete({ ...claim, at: now() }, stored)
      if (await untilStored(scope, complete)) return readStepOutput(step, stored)
    }
  } catch (error) {
    // A claim that cannot be given back runs out by itself.
    if (!isUnsafe) await store.release({ ...claim, at: now() }).catch(() => {})
    throw error
  }
}

function claimOf({ scope, step, identity, stepKey }: NodeExecution): Omit<NodeClaim, 'at'> {
  return {
    run: scope.key,
    version: scope.version,
    retryable: step.retryable,
    node: identity,
    idempotencyKey: stepKey,
    token: scope.token,
    holdMs: holdMsOf(step.timeout),
  }
}

/** Waits until the node may be free: until its claim runs out, or until the next look. */
async function waitForHolder({ scope, step, name: node, clock }: NodeExecution, forMs: number, looks: number) {
  const delayMs = Math.max(FIRST_LOOK_MS, Math.min(forMs, LONGEST_LOOK_MS, FIRST_LOOK_MS * 2 ** looks))
  if (scope.isObserved) scope.tell({ kind: 'node_waiting', node, step: step.name, delayMs })
  await pause(clock, delayMs, scope.cancellation)
}

/** One attempt, under a claim that is kept up as long as it takes. */
function attemptHeld(execution: NodeExecution, store: RunStore, claim: Omit<NodeClaim, 'at'>): unknown {
  const output = attemptStep(execution)
  if (!isPromise(output) || execution.step.timeout !== undefined) return output
  const letGo = keepClaim(store, claim, execution.clock)
  return Promise.resolve(output).finally(letGo)
}

/**
 * Whether a step says by what it threw that it was refused and had no effect. A connection that failed says nothing of the
 * kind, and whoever waited for it to come back would only then find out that the step cannot be executed any more.
 */
function isRefusal(cause: unknown): boolean {
  return cause instanceof AppError && cause.fate === 'permanent'
}

function outcomeUnknown({ name, step, scope }: NodeExecution, how: string, cause?: unknown): AppError {
  const words = `an attempt of step "${step.name}" in node "${name}" ${how} and may have had its effect`
  const advice = `it must not be repeated; find out what became of it, then start a new run in place of "${scope.key}"`
  return new AppError(`${words}; ${advice}`, { code: 'step_outcome_unknown', fate: 'permanent', cause })
}
