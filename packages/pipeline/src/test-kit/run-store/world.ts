import type { NewRun, NodeClaim, RunEnding, RunStore, RunWorker } from '../../store/run-store.ts'

/** An empty store, and its clock in the test's hand. */
export interface RunStoreWorld {
  readonly store: RunStore
  /** The same runs as another process sees them; the same object where no other process can. */
  readonly other: RunStore
  /** Lets the claims that stand grow older by as much, without waiting for it. */
  passTime(ms: number): Promise<void>
}

/**
 * What workers call the present: nowhere near the store's own clock, since no claim may depend on it; and not before it,
 * so that a store does not take the runs of a test for expired.
 */
export const AT = new Date('2101-02-03T04:05:06.789Z')

export const HOLD_MS = 60_000

export const runOf = (key: string, more: Partial<NewRun> = {}): NewRun => ({
  key,
  workflow: 'price-order',
  version: '1',
  input: '{"sku":"a"}',
  at: AT,
  ...more,
})

export const workerOn = (key: string, more: Partial<RunWorker> = {}): RunWorker => ({
  key,
  version: '1',
  token: 'worker-a',
  ...more,
})

export const nodeClaim = (more: Partial<NodeClaim> = {}): NodeClaim => ({
  run: 'order',
  version: '1',
  retryable: true,
  node: 'loadPrices',
  idempotencyKey: 'sku-a',
  token: 'worker-a',
  at: AT,
  holdMs: HOLD_MS,
  ...more,
})

export const ending = (more: Partial<RunEnding> = {}): RunEnding => ({
  status: 'completed',
  output: '{"total":3}',
  error: null,
  steps: [],
  at: new Date(AT.getTime() + 250),
  ...more,
})

export const failure = (code: string): RunEnding =>
  ending({ status: 'failed', output: null, error: { code, message: `it failed: ${code}` } })
