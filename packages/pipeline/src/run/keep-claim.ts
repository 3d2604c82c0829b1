import type { Clock } from '../clock.ts'
import type { NodeClaim, RunStore } from '../store/run-store.ts'

/** How long a claim outlasts an attempt's time limit: enough to store what the attempt returned. */
const GRACE_MS = 10_000

/** How long an attempt without a time limit is held at a time; it is held anew while the attempt goes on. */
const UNLIMITED_HOLD_MS = 60_000

/** How long a claim is held, in milliseconds, for an attempt that may take `timeout` milliseconds. */
export function holdMsOf(timeout: number | undefined): number {
  return timeout === undefined ? UNLIMITED_HOLD_MS : timeout + GRACE_MS
}

/**
 * Holds a claim anew three times in its time until what is returned is called, so that one lost call costs nothing.
 * A claim that is lost all the same is found out when the output is stored.
 *
 * What is returned resolves once no renewal is under way any more: one that reached the store after the claim was given
 * back would take the node again.
 */
export function keepClaim(store: RunStore, claim: Omit<NodeClaim, 'at'>, clock: Clock): () => Promise<void> {
  let isOver = false
  let stopTimer = () => {}
  let renewal = Promise.resolve()
  const renew = async () => {
    await store.claim({ ...claim, at: new Date(clock.now()) }).catch(() => {})
    if (!isOver) wait()
  }
  const wait = () => {
    stopTimer = clock.after(claim.holdMs / 3, () => {
      renewal = renew()
    })
  }
  wait()
  return () => {
    isOver = true
    stopTimer()
    return renewal
  }
}
