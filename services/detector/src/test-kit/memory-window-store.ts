import type { OutboxCommand, RefreshWindowDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { MemoryDatabase } from '@buyer-group/testing/memory/memory-database.ts'
import { type CompanyChanges, MAX_TRIGGERED_BY } from '../rules/group-by-company.ts'
import type { Claim } from '../rules/window-updates.ts'
import type { WindowStore, WonWindow } from '../stores/stores.ts'

/** The windows in memory: what rules/window-updates.ts tells MongoDB to do, done here. */
export function createMemoryWindowStore({ windows, now, between }: MemoryDatabase): WindowStore {
  const findWon = (companyIds: readonly string[], token: string): WonWindow[] =>
    companyIds.flatMap((companyId) => {
      const window = windows.get(companyId)
      return window?.claimToken === token ? [{ companyId, sequence: window.sequence, outbox: window.outbox }] : []
    })

  return {
    claimOrMark: async (changes, claim) => {
      const isOpen = ({ companyId }: CompanyChanges) => (windows.get(companyId)?.closesAt ?? now()) > now()
      const open = new Set(changes.filter(isOpen).map(({ companyId }) => companyId))
      for (const change of changes) {
        await between()
        const { companyId } = change
        const window = windows.get(companyId)
        const mayClaim = !open.has(companyId) && (window === undefined || isFree(window, now()))
        if (window === undefined && !mayClaim) throw new Error('a mark cannot make a window')
        windows.set(companyId, mayClaim ? claimed(window, change, claim, now()) : marked(window, change, now()))
      }
      await between()
      const free = changes.flatMap(({ companyId }) => (open.has(companyId) ? [] : [companyId]))
      return findWon(free, claim.token)
    },

    claimIfUnchanged: async (claims) => {
      const token = claims[0]?.claim.token
      if (token === undefined) return []
      for (const { changes, claim, seenSequence } of claims) {
        await between()
        const window = windows.get(changes.companyId)
        const isAsSeen = window === undefined ? seenSequence === null : window.sequence === seenSequence
        const mayClaim =
          window === undefined || (claim.reason === 'manual' ? window.outbox === null : isFree(window, now()))
        if (isAsSeen && mayClaim) {
          windows.set(changes.companyId, claimed(window, changes, claim, now()))
        }
      }
      await between()
      const companyIds = claims.map(({ changes }) => changes.companyId)
      return findWon(companyIds, token)
    },

    read: async (companyIds) =>
      new Map(
        companyIds.flatMap((companyId) => {
          const window = windows.get(companyId)
          if (window === undefined) return []
          const { sequence, outbox } = window
          return [[companyId, { companyId, sequence, outbox }] as const]
        }),
      ),

    readSchedule: async (companyIds, maxAgeMs) =>
      new Map(
        companyIds.flatMap((companyId) => {
          const window = windows.get(companyId)
          if (window === undefined) return []
          const isFreeNow = window.closesAt <= now() && window.pending === null && window.outbox === null
          const claimedLately = window.opensAt.getTime() > now().getTime() - maxAgeMs
          return [[companyId, { sequence: window.sequence, isFree: isFreeNow, claimedLately }] as const]
        }),
      ),

    findDue: async (limit) =>
      [...windows.values()]
        .filter(({ pending, outbox, closesAt }) => pending !== null && outbox === null && closesAt <= now())
        .toSorted((left, right) => left.closesAt.getTime() - right.closesAt.getTime())
        .slice(0, limit)
        .map(({ companyId, sequence }) => ({ companyId, sequence })),

    findStaleOutboxes: async (olderThanMs, limit) => {
      const latest = now().getTime() - olderThanMs
      return [...windows.values()]
        .flatMap(({ outbox }) => outbox ?? [])
        .filter(({ requestedAt }) => requestedAt.getTime() <= latest)
        .toSorted((left, right) => left.requestedAt.getTime() - right.requestedAt.getTime())
        .slice(0, limit)
    },

    clearOutboxes: async (commands) => {
      for (const { companyId, commandId } of commands) {
        await between()
        const window = windows.get(companyId)
        if (window?.outbox?.commandId === commandId) windows.set(companyId, { ...window, outbox: null })
      }
    },
  }
}

const isFree = ({ outbox, closesAt }: RefreshWindowDoc, now: Date) => outbox === null && closesAt <= now

function marked(window: RefreshWindowDoc | undefined, changes: CompanyChanges, now: Date): RefreshWindowDoc {
  if (window === undefined) throw new Error('a mark cannot make a window')
  const companyName = changes.companyName ?? window.companyName
  return { ...window, companyName, pending: waitingWith(window, changes, now) }
}

function claimed(
  window: RefreshWindowDoc | undefined,
  changes: CompanyChanges,
  claim: Claim,
  now: Date,
): RefreshWindowDoc {
  const { companyId } = changes
  if (window !== undefined && typeof window.sequence !== 'number') throw new Error('a sequence that is no number')
  const companyName = changes.companyName ?? window?.companyName ?? null
  const waiting = waitingWith(window, changes, now)
  const sequence = Math.max((window?.sequence ?? 0) + 1, now.getTime())
  const named = waiting.triggeredBy.length
  const outbox: OutboxCommand = {
    commandId: claim.commandId ?? `${companyId}:${sequence}`,
    companyId,
    companyName,
    workspaceId: claim.workspaceId,
    reason: claim.reason,
    priority: claim.priority,
    changeTypes: waiting.changeTypes,
    triggeredBy: waiting.triggeredBy,
    triggeredByCount: named < MAX_TRIGGERED_BY ? named : waiting.count,
    sequence,
    requestedAt: now,
  }
  const closesAt = new Date(now.getTime() + claim.windowMs)
  return { companyId, companyName, sequence, opensAt: now, closesAt, pending: null, outbox, claimToken: claim.token }
}

function waitingWith(window: RefreshWindowDoc | undefined, changes: CompanyChanges, now: Date) {
  const pending = window?.pending
  return {
    since: pending?.since ?? now,
    count: (pending?.count ?? 0) + changes.count,
    changeTypes: union(changes.changeTypes, pending?.changeTypes),
    triggeredBy: union(changes.triggeredBy, pending?.triggeredBy).slice(0, MAX_TRIGGERED_BY),
  }
}

const union = (fresh: readonly string[], known: readonly string[] = []) => [
  ...fresh,
  ...known.filter((one) => !fresh.includes(one)),
]
