import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { attemptStep } from '../execution/attempt-step.ts'
import { isPromise, waitForRetry } from '../execution/execute-step.ts'
import { pause } from '../execution/pause.ts'
import type { NodeClaim, RunStore } from '../store/run-store.ts'
import { readStepOutput, writeStepOutput } from './json-output.ts'
import { holdMsOf, keepClaim } from './keep-claim.ts'
import type { NodeExecution } from './node-execution.ts'
import { untilStored } from './store-patience.ts'

/** The pauses in which a node that another worker holds is looked at again: that worker may be done at any time. */
const FIRST_LOOK_MS = 100
const LONGEST_LOOK_MS = 5_000

const UNSERIALISABLE = 'unserialisable_output'

/**
 * Executes a node unless its output is stored, and stores it. Whatever way it comes, the output is read from JSON, so that
 * dependents see the same before and after a crash.
 *
 * claim -> attempt -> complete; the claim is asked for anew before each attempt. Where another worker holds it: wait, and
 * look again. Where it was lost meanwhile: the output of whoever finished counts, or ours if nobody has.
 * @throws what the last attempt threw; AppError `step_outcome_unknown` (permanent) where an attempt of a step that must
 * not be repeated was cut off; what the store throws.
 */
export async function executeMemoised(execution: NodeExecution, store: RunStore): Promise<unknown> {
  const { scope, step, name, identity, stepKey, clock, cancellation } = execution
  const claim: NodeClaim = {
    run: scope.key,
    version: scope.version,
    node: identity,
    idempotencyKey: stepKey,
    token: scope.token,
    at: new Date(execution.startedAt),
    holdMs: holdMsOf(step.timeout),
  }
  /** What our own attempt returned, while it is not yet certain that it counts. */
  let ours: string | undefined
  for (let looks = 0; ; ) {
    const outcome = await (ours === undefined ? store.claim(claim) : untilStored(scope, () => store.claim(claim)))
    if (outcome.kind === 'finished') {
      execution.isMemoised = ours === undefined
      return readStepOutput(step, outcome.output)
    }
    if (outcome.kind === 'held') {
      const delayMs = Math.min(outcome.forMs, LONGEST_LOOK_MS, FIRST_LOOK_MS * 2 ** looks)
      looks += 1
      if (scope.isObserved) scope.tell({ kind: 'node_waiting', node: name, step: step.name, delayMs })
      await pause(clock, delayMs, cancellation)
      continue
    }
    if (ours === undefined) {
      const isLost = outcome.interrupted && !step.retryable
      if (isLost || cancellation.isStopping) {
        await giveBack(store, claim)
        throw isLost ? outcomeUnknown(execution) : cancellation.reason
      }
      try {
        ours = writeStepOutput(step, await attemptHeld(execution, store, claim))
      } catch (cause) {
        await settleFailedAttempt(execution, store, claim, cause)
        continue
      }
    }
    const stored = ours
    if (await untilStored(scope, () => store.complete(claim, stored))) return readStepOutput(step, stored)
  }
}

/** One attempt, under a claim that is kept up as long as it takes. */
function attemptHeld(execution: NodeExecution, store: RunStore, claim: NodeClaim): unknown {
  const output = attemptStep(execution)
  if (!isPromise(output) || execution.step.timeout !== undefined) return output
  const letGo = keepClaim(store, claim, execution.clock)
  return Promise.resolve(output).finally(letGo)
}

/** Waits for the next attempt; where none follows, gives the claim back and throws. */
async function settleFailedAttempt(
  execution: NodeExecution,
  store: RunStore,
  claim: NodeClaim,
  cause: unknown,
): Promise<void> {
  try {
    await waitForRetry(execution, cause)
  } catch (error) {
    if (mayBeRepeated(execution, cause)) await giveBack(store, claim)
    throw error
  }
}

/**
 * Whether another worker may execute the node after an attempt that threw `cause`. A step that must not be repeated keeps
 * its claim until it runs out, which says for good that its outcome is unknown; unless the step itself says that it was
 * refused.
 */
function mayBeRepeated({ step }: NodeExecution, cause: unknown): boolean {
  if (step.retryable) return true
  return cause instanceof AppError && cause.fate === 'permanent' && cause.code !== UNSERIALISABLE
}

/** A claim that cannot be given back runs out by itself. */
async function giveBack(store: RunStore, claim: NodeClaim): Promise<void> {
  await store.release(claim).catch(() => {})
}

function outcomeUnknown({ name, step, scope }: NodeExecution): AppError {
  const words = `an attempt of step "${step.name}" in node "${name}" was cut off and may have had its effect`
  const advice = `it must not be repeated; find out what became of it, then start a new run in place of "${scope.key}"`
  return new AppError(`${words}; ${advice}`, { code: 'step_outcome_unknown', fate: 'permanent' })
}
