import { mergePositions, positionOf } from '@buyer-group/rules/folding/merge-positions.ts'
import type { BuyerGroupDoc, PositionDoc, RefreshLogDoc } from '@buyer-group/shared/mongo/collections.ts'
import { type MemoryDatabase, placeKey } from '@buyer-group/testing/memory/memory-database.ts'
import { savePeople } from '../directory/save-people.ts'
import { FINAL, KEPT_MS, toLogFields } from '../records/refresh-records.ts'
import type {
  GroupStore,
  LogStore,
  PeopleStore,
  PositionStore,
  RefresherStores,
  WindowStore,
} from '../stores/stores.ts'
import { MAX_NAMED } from '../stores/stores.ts'
import { createMemoryEventStore } from './memory-event-store.ts'
import { createMemoryPeopleTable } from './memory-people-table.ts'

/** The refresher's stores over a database in memory; held to MongoDB's by the contract suite beside this file. */
export function createMemoryStores(database: MemoryDatabase): RefresherStores {
  return {
    groups: createMemoryGroupStore(database),
    events: createMemoryEventStore(database),
    people: createMemoryPeopleStore(database),
    positions: createMemoryPositionStore(database),
    logs: createMemoryLogStore(database),
    windows: createMemoryWindowStore(database),
  }
}

function createMemoryGroupStore({ groups }: MemoryDatabase): GroupStore {
  const isRead = (stored: BuyerGroupDoc | undefined, read: Pick<BuyerGroupDoc, 'refreshId' | 'sequence'>) =>
    stored?.refreshId === read.refreshId && stored.sequence === read.sequence
  return {
    find: async (companyId) => groups.get(companyId) ?? null,
    insert: async (group) => {
      if (groups.has(group.companyId)) return false
      groups.set(group.companyId, group)
      return true
    },
    replacePublished: async (read, group) => {
      const stored = groups.get(read.companyId)
      if (!isRead(stored, read) || stored?.publishedAt === null) return false
      groups.set(read.companyId, group)
      return true
    },
    markPublished: async ({ companyId, refreshId }, at) => {
      const stored = groups.get(companyId)
      if (stored?.refreshId !== refreshId || stored.publishedAt !== null) return false
      groups.set(companyId, { ...stored, publishedAt: at })
      return true
    },
  }
}

function createMemoryPeopleStore(database: MemoryDatabase): PeopleStore {
  const table = createMemoryPeopleTable(database)
  return {
    findClaimed: table.findClaimed,
    find: async (personIds) =>
      new Map(
        personIds.flatMap((personId) => {
          const person = database.people.get(personId)
          return person === undefined ? [] : [[personId, person] as const]
        }),
      ),
    save: ({ sightings, known }) => savePeople(table, sightings, known),
  }
}

function createMemoryPositionStore({ positions, between }: MemoryDatabase): PositionStore {
  const sameStamp = (left: { at: Date; by: string } | undefined, right: typeof left) =>
    left?.at.getTime() === right?.at.getTime() && left?.by === right?.by
  const isAsRead = (stored: PositionDoc | undefined, read: PositionDoc) =>
    stored !== undefined &&
    sameStamp({ at: stored.changedAt, by: stored.changedBy }, { at: read.changedAt, by: read.changedBy }) &&
    sameStamp(stored.titleChanged, read.titleChanged) &&
    sameStamp(stored.departmentChanged, read.departmentChanged)
  return {
    findActive: async (companyId) =>
      [...positions.values()].filter((position) => position.companyId === companyId && position.active),
    findOf: async ({ companyId, personIds }) =>
      personIds.flatMap((personId) => positions.get(placeKey({ companyId, personId })) ?? []),
    write: async (writes) => {
      let written = 0
      for (const { before, after } of writes) {
        await between()
        const stored = positions.get(placeKey(after))
        if (before === null ? stored !== undefined : !isAsRead(stored, before)) continue
        positions.set(placeKey(after), after)
        written += 1
      }
      return written === writes.length
    },
    merge: async (changes) => {
      for (const change of changes) {
        await between()
        const stored = positions.get(placeKey(change))
        const told = positionOf(change)
        positions.set(placeKey(change), stored === undefined ? told : mergePositions(stored, told))
      }
    },
  }
}

const isFinal = (status: string) => (FINAL as readonly string[]).includes(status)

function createMemoryLogStore({ logs }: MemoryDatabase): LogStore {
  return {
    begin: async ({ commandId, companyId, workspaceId, reason, triggeredBy, sequence }, now) => {
      const known = logs.get(commandId)
      if (known !== undefined && isFinal(known.status)) return
      const fresh: Omit<RefreshLogDoc, 'status' | 'startedAt'> = {
        commandId,
        companyId,
        workspaceId,
        reason,
        triggeredBy: [...triggeredBy],
        sequence,
      }
      const { error: _error, completedAt: _completedAt, ...kept } = known ?? fresh
      logs.set(commandId, {
        ...kept,
        status: 'processing',
        startedAt: now,
        expiresAt: new Date(now.getTime() + KEPT_MS),
      })
    },
    end: async (commandId, ending, now) => {
      const known = logs.get(commandId)
      if (known === undefined || isFinal(known.status)) return
      const { error: _error, ...rest } = known
      logs.set(commandId, { ...rest, status: ending.status, completedAt: now, ...toLogFields(ending) })
    },
  }
}

function createMemoryWindowStore({ windows, now }: MemoryDatabase): WindowStore {
  return {
    markPending: async (companyId, { count, changeTypes, triggeredBy }) => {
      const window = windows.get(companyId)
      if (window === undefined) return false
      const pending = {
        since: window.pending?.since ?? now(),
        count: Math.max(window.pending?.count ?? 0, count),
        changeTypes: [...new Set([...(window.pending?.changeTypes ?? []), ...changeTypes])],
        triggeredBy: [...new Set([...(window.pending?.triggeredBy ?? []), ...triggeredBy])].slice(0, MAX_NAMED),
      }
      windows.set(companyId, { ...window, pending })
      return true
    },
  }
}
