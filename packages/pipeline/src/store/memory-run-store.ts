import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { checkKey, checkNodeKeys } from './check-keys.ts'
import type { BegunRun, ClaimOutcome, HeldClaim, NewRun, NodeId, RunEnding, RunStore, StoredRun } from './run-store.ts'
import { unknownRun } from './unknown-run.ts'

/** Enough for every run of a long test; one run with a few small outputs takes about a kilobyte. */
const DEFAULT_MAX_RUNS = 100_000

export interface MemoryRunStoreOptions {
  /** What ends claims; the system's clock unless given. Milliseconds. */
  readonly clock?: { now(): number }
  /** Most runs that are kept; the one that ended first goes first. 100,000 unless given. */
  readonly maxRuns?: number
}

export interface MemoryRunStore extends RunStore {
  /** Lets go of a run and all its nodes, as if it had never begun. */
  forget(key: string): void
}

/** A run that has not ended, or how it did. */
interface RunRecord extends Omit<StoredRun, 'key'> {
  /** The token of the worker that ended it. */
  readonly endedBy: string | null
}

interface NodeRecord {
  readonly retryable: boolean
  /** Who holds or finished it; null where it was given back. */
  token: string | null
  /** By the store's clock, in milliseconds. */
  heldUntil: number
  interrupted: boolean
  output: string | null
}

/**
 * Runs in the memory of this process: for tests, and for workflows that need not outlive it. Every write takes effect at
 * once, so that workers in one process race as they do on a database.
 * A full store lets go of runs that ended for good; where none has, `begin` throws AppError `run_store_full`
 * (unavailable).
 */
export function createMemoryRunStore(options: MemoryRunStoreOptions = {}): MemoryRunStore {
  const { clock = Date, maxRuns = DEFAULT_MAX_RUNS } = options
  const runs = new Map<string, RunRecord>()
  const nodes = new Map<string, Map<string, NodeRecord>>()
  /** Keys of runs that ended for good, in that order. */
  const ended = new Set<string>()

  const forget = (key: string) => {
    runs.delete(key)
    nodes.delete(key)
    ended.delete(key)
  }

  const makeRoom = () => {
    if (runs.size < maxRuns) return
    const [oldest] = ended
    if (oldest === undefined) throw storeFull(maxRuns)
    forget(oldest)
  }

  const nodesOf = (run: string): Map<string, NodeRecord> => {
    const known = nodes.get(run)
    if (known !== undefined) return known
    const fresh = new Map<string, NodeRecord>()
    nodes.set(run, fresh)
    return fresh
  }

  /** The node, if this worker was the last to claim it. */
  const mine = (claim: HeldClaim): NodeRecord | undefined => {
    const node = nodes.get(claim.run)?.get(nodeKey(claim))
    return node?.token === claim.token ? node : undefined
  }

  return {
    forget,

    begin: async (run) => {
      checkKey('the key of a run', run.key)
      const known = runs.get(run.key)
      if (known === undefined) {
        makeRoom()
        runs.set(run.key, newRecord(run))
        return { kind: 'new' }
      }
      return toBegun(known)
    },

    reopen: async (key, version) => {
      const known = runs.get(key)
      if (known?.status === 'failed' && known.version === version) runs.set(key, { ...known, ...RUNNING })
    },

    claim: async (claim) => {
      checkNodeKeys(claim)
      const run = runs.get(claim.run)
      if (run !== undefined && run.version !== claim.version) return { kind: 'moved' }
      const now = clock.now()
      const key = nodeKey(claim)
      const ofRun = nodesOf(claim.run)
      const node = ofRun.get(key)
      if (node === undefined) {
        const { retryable, token, holdMs } = claim
        ofRun.set(key, { retryable, token, heldUntil: now + holdMs, interrupted: false, output: null })
        return { kind: 'claimed', interrupted: false }
      }
      return claimKnown(node, claim, now)
    },

    complete: async (claim, output) => {
      const node = mine(claim)
      if (node === undefined) return false
      node.output ??= output
      return true
    },

    release: async (claim) => {
      const node = mine(claim)
      if (node?.output === null) node.token = null
    },

    end: async ({ key, version, token }, ending) => {
      const known = runs.get(key)
      if (known === undefined) throw unknownRun(key)
      if (known.version !== version) return { kind: 'moved' }
      if (isFinal(known.status)) {
        return known.endedBy === token ? { kind: 'ended' } : { kind: 'ended_elsewhere', ending: toEnding(known) }
      }
      const { at, ...how } = ending
      runs.set(key, { ...known, ...how, completedAt: at, endedBy: token })
      if (isFinal(ending.status)) ended.add(key)
      return { kind: 'ended' }
    },

    restart: async (key, from, to) => {
      const known = runs.get(key)
      if (known === undefined || isFinal(known.status) || known.version !== from) return false
      runs.set(key, { ...known, ...RUNNING, version: to })
      const ofRun = nodesOf(key)
      for (const [node, { retryable }] of ofRun) if (retryable) ofRun.delete(node)
      return true
    },

    read: async (key) => {
      const known = runs.get(key)
      if (known === undefined) return null
      const { endedBy: _, ...record } = known
      return { key, ...record }
    },
  }
}

/** Lengths first, so that no two ids are one key whatever their texts hold. No version is called by the empty text. */
function nodeKey({ version, retryable, node, idempotencyKey }: NodeId): string {
  const of = retryable ? version : ''
  return `${of.length}:${node.length}:${of}${node}${idempotencyKey}`
}

function claimKnown(node: NodeRecord, claim: HeldClaim & { readonly holdMs: number }, now: number): ClaimOutcome {
  if (node.output !== null) return { kind: 'finished', output: node.output }
  if (node.token !== claim.token) {
    const isHeld = node.token !== null && node.heldUntil > now
    if (isHeld) return { kind: 'held', forMs: node.heldUntil - now }
    // Stays once it is so: that a later attempt was given back says nothing of the one that was cut off.
    node.interrupted ||= node.token !== null
    node.token = claim.token
  }
  node.heldUntil = now + claim.holdMs
  return { kind: 'claimed', interrupted: node.interrupted }
}

const RUNNING = { status: 'running', output: null, error: null, completedAt: null, endedBy: null } as const

function newRecord({ workflow, version, input, at }: NewRun): RunRecord {
  return { workflow, version, input, createdAt: at, steps: [], ...RUNNING }
}

const isFinal = (status: string): boolean => status !== 'running' && status !== 'failed'

function toBegun(run: RunRecord): BegunRun {
  const { workflow, version, input } = run
  return isFinal(run.status)
    ? { kind: 'ended', workflow, version, input, ending: toEnding(run) }
    : { kind: 'resumed', hasFailed: run.status === 'failed', workflow, version, input }
}

function toEnding({ status, output, error, steps, completedAt, createdAt }: RunRecord): RunEnding {
  return { status, output, error, steps, at: completedAt ?? createdAt }
}

function storeFull(maxRuns: number): AppError {
  return new AppError(
    `the store in memory keeps ${maxRuns} runs and none of them has ended; let some end, forget some, or raise maxRuns`,
    { code: 'run_store_full', fate: 'unavailable' },
  )
}
