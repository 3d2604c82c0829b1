import { randomUUID } from 'node:crypto'
import type { BuyerGroupDoc, PersonDoc, PositionDoc, RefreshWindowDoc } from '@buyer-group/shared/mongo/collections.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import type { MemoryDatabase } from '@buyer-group/testing/memory/memory-database.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import type { CompanyChanges } from '../rules/group-by-company.ts'
import { toEventDoc } from '../rules/to-event-doc.ts'
import { toRefreshLog } from '../rules/to-refresh-log.ts'
import type { Claim } from '../rules/window-updates.ts'
import type { DetectorStores } from '../stores/stores.ts'
import { changeItem } from './change-item.ts'

/** Stores with what is behind them: everything that is stored can be read and put there. */
export interface StoresWorld {
  readonly stores: DetectorStores
  all<Name extends 'events' | 'windows' | 'logs'>(name: Name): Promise<StoredDoc<Name>[]>
  /** Also one that breaks the schema, as an old version or a hand may have left it. */
  putWindow(window: RefreshWindowDoc): Promise<void>
  putGroup(group: BuyerGroupDoc): Promise<void>
  putPerson(person: PersonDoc, positions: readonly PositionDoc[]): Promise<void>
  /** Takes the company out of what every event waits for, as a refresh does that was quicker. */
  releaseAll(companyId: string): Promise<void>
}

type StoredDoc<Name extends keyof MemoryDatabase> = MemoryDatabase[Name] extends Map<string, infer Doc> ? Doc : never

const HOUR_MS = 3_600_000

/** No number, so that no claim can count on from it. */
const BROKEN = 'broken'

const byCompany = (left: { readonly companyId: string }, right: { readonly companyId: string }) =>
  left.companyId.localeCompare(right.companyId)

/** What every adapter of the detector's stores keeps to. */
export function describeDetectorStores(adapter: string, open: () => StoresWorld): void {
  let world: StoresWorld
  let acme: string
  beforeEach(() => {
    world = open()
    acme = `acme-${randomUUID()}`
  })

  const changes = (person: string, more: Partial<CompanyChanges> = {}): CompanyChanges => ({
    companyId: acme,
    companyName: null,
    count: 1,
    changeTypes: ['person.promotion'],
    triggeredBy: [`test:${person}`],
    ...more,
  })
  const claim = (token: string, more: Partial<Claim> = {}): Claim => ({
    token,
    windowMs: HOUR_MS,
    workspaceId: 'default',
    reason: 'webhook',
    priority: 'normal',
    commandId: null,
    ...more,
  })
  const windowOf = async () => (await world.all('windows')).find(({ companyId }) => companyId === acme)
  const claimAs = (token: string, more: Partial<CompanyChanges> = {}) =>
    world.stores.windows.claimOrMark([changes(token, more)], claim(token))
  const produce = async () => {
    const outbox = (await windowOf())?.outbox
    if (outbox !== null && outbox !== undefined) await world.stores.windows.clearOutboxes([outbox])
  }
  const close = async (more: Partial<RefreshWindowDoc> = {}) => {
    const window = await windowOf()
    if (window === undefined) throw new Error('there is no window')
    await world.putWindow({ ...window, closesAt: new Date(window.opensAt.getTime() - 1), ...more })
  }
  const eventDoc = (id: string, { significant = true, name = 'Acme Inc' } = {}) =>
    toEventDoc(changeItem(nativeEvent({ id: `${acme}-${id}`, company: { id: acme, name } }), { significant }), 1_000)
  const stored = async (key: string) => (await world.all('events')).find(({ idempotencyKey }) => idempotencyKey === key)

  describe(`the detector's windows in ${adapter}`, () => {
    test('a company without a window is claimed: window, sequence and command in one step', async () => {
      const won = await claimAs('a', { companyName: 'Acme Inc' })
      const window = await windowOf()
      expect(window).toMatchObject({ companyName: 'Acme Inc', pending: null, claimToken: 'a' })
      const opensAt = window?.opensAt.getTime() ?? 0
      expect(window?.closesAt.getTime()).toBe(opensAt + HOUR_MS)
      expect(window?.sequence).toBe(opensAt)
      expect(window?.outbox).toEqual({
        commandId: `${acme}:${opensAt}`,
        companyId: acme,
        companyName: 'Acme Inc',
        workspaceId: 'default',
        reason: 'webhook',
        priority: 'normal',
        changeTypes: ['person.promotion'],
        triggeredBy: ['test:a'],
        triggeredByCount: 1,
        sequence: opensAt,
        requestedAt: window?.opensAt,
      })
      expect(won).toEqual([{ companyId: acme, sequence: opensAt, outbox: window?.outbox }])
    })

    test('a change inside an open window is marked pending, and the name that is known stays', async () => {
      await claimAs('a', { companyName: 'Acme Inc' })
      const before = await windowOf()
      expect(await claimAs('b')).toEqual([])
      await claimAs('c', { changeTypes: ['person.role_change'], count: 2 })
      expect(await windowOf()).toEqual({
        ...before,
        pending: {
          since: expect.any(Date),
          count: 3,
          changeTypes: ['person.role_change', 'person.promotion'],
          triggeredBy: ['test:c', 'test:b'],
        },
      })
    })

    test('a closed window whose command still waits is marked, and one whose command is out is claimed', async () => {
      await claimAs('a')
      await close()
      expect(await claimAs('b')).toEqual([])
      await produce()
      await close()
      const before = await windowOf()
      const [won] = await claimAs('c')
      expect(won?.sequence).toBeGreaterThan(before?.sequence ?? Number.POSITIVE_INFINITY)
      expect(won?.outbox).toMatchObject({ triggeredBy: ['test:c', 'test:b'], triggeredByCount: 2 })
      expect(await windowOf()).toMatchObject({ pending: null, claimToken: 'c' })
    })

    test('a sequence is one more than the last where the clock is behind it', async () => {
      await claimAs('a')
      await produce()
      const ahead = Date.now() * 2
      await close({ sequence: ahead })
      expect(await claimAs('b')).toMatchObject([{ sequence: ahead + 1, outbox: { commandId: `${acme}:${ahead + 1}` } }])
    })

    test('of many who meet at a new company or a closed window one claims, and the others’ changes are pending', async () => {
      for (const round of [1, 2]) {
        const won = await Promise.all(Array.from({ length: 6 }, (_, index) => claimAs(`t${round}${index}`)))
        expect(won.flat()).toHaveLength(1)
        expect((await windowOf())?.pending).toMatchObject({ count: 5 })
        await produce()
        await close({ pending: null })
      }
    })

    test('a conditional claim holds for the window as it was read, and not while a command waits', async () => {
      const { windows } = world.stores
      const manual = claim('m', { reason: 'manual', priority: 'high', commandId: `req-${acme}` })
      const when = (seenSequence: number | null, token = 'm') =>
        windows.claimIfUnchanged([{ changes: changes('api'), claim: { ...manual, token }, seenSequence }])
      expect(await when(5)).toEqual([])
      expect(await windowOf()).toBeUndefined()
      const [first] = await when(null)
      expect(first?.outbox).toMatchObject({ commandId: `req-${acme}`, reason: 'manual', priority: 'high' })
      expect(await when(null, 'n')).toEqual([])
      expect(await when(first?.sequence ?? null, 'n')).toEqual([])
      await produce()
      expect(await when((first?.sequence ?? 0) - 1, 'n')).toEqual([])
      await claimAs('pending')
      expect(await when(first?.sequence ?? null, 'n')).toMatchObject([
        { outbox: { triggeredBy: ['test:api', 'test:pending'] } },
      ])
      expect((await windowOf())?.pending).toBeNull()
    })

    test('only a manual claim holds inside a window: any other needs it closed when it claims, not only when it read', async () => {
      const { windows } = world.stores
      const when = async (reason: Claim['reason'], token: string) => {
        const seenSequence = (await windowOf())?.sequence ?? null
        const conditional = claim(token, { reason, commandId: reason === 'manual' ? `req-${acme}` : null })
        return windows.claimIfUnchanged([{ changes: changes('api'), claim: conditional, seenSequence }])
      }
      expect(await when('scheduled', 'first')).toHaveLength(1)
      await produce()
      const before = await windowOf()
      expect(await when('webhook', 'trailing')).toEqual([])
      expect(await when('scheduled', 'scheduled')).toEqual([])
      expect(await windowOf()).toEqual(before)
      expect(await when('manual', 'manual')).toHaveLength(1)
      for (const reason of ['webhook', 'scheduled'] as const) {
        await produce()
        await close()
        expect(await when(reason, `closed-${reason}`)).toHaveLength(1)
      }
    })

    test('a window that cannot be claimed fails the call, and made again under one token the rest is claimed once', async () => {
      const { windows } = world.stores
      const ids = [`${acme}-a`, acme, `${acme}-c`]
      const again = (companyIds: readonly string[]) =>
        windows.claimIfUnchanged(
          companyIds.map((companyId) => ({
            changes: changes('api', { companyId }),
            claim: claim('t'),
            seenSequence: companyId === acme ? (BROKEN as never) : null,
          })),
        )
      await claimAs('old')
      await produce()
      await close({ sequence: BROKEN as never })
      await expect(again(ids)).rejects.toThrow()
      await expect(again([acme])).rejects.toThrow()
      const rest = [`${acme}-a`, `${acme}-c`]
      const won = await again(rest)
      expect(won.map(({ companyId }) => companyId).toSorted()).toEqual(rest)
      expect((await again(rest)).toSorted(byCompany)).toEqual(won.toSorted(byCompany))
      expect(await windowOf()).toMatchObject({ sequence: BROKEN, claimToken: 'old' })
    })

    test('of many conditional claims for one reading one wins', async () => {
      const claims = Array.from({ length: 6 }, (_, index) =>
        world.stores.windows.claimIfUnchanged([
          { changes: changes('api'), claim: claim(`r${index}`), seenSequence: null },
        ]),
      )
      expect((await Promise.all(claims)).flat()).toHaveLength(1)
    })

    test('a window is due once it has closed with changes pending and no command waiting', async () => {
      const { windows } = world.stores
      const due = async () => (await windows.findDue(100_000)).some(({ companyId }) => companyId === acme)
      await claimAs('a')
      await claimAs('b')
      await close()
      expect(await due()).toBe(false)
      await produce()
      expect(await due()).toBe(true)
      const window = await windowOf()
      await close({ pending: null })
      expect(await due()).toBe(false)
      await close({ pending: window?.pending ?? null, closesAt: new Date((window?.opensAt.getTime() ?? 0) + HOUR_MS) })
      expect(await due()).toBe(false)
    })

    test('a command that waits for longer than asked is stale, and is forgotten once cleared, it alone', async () => {
      const { windows } = world.stores
      const stale = async () =>
        (await windows.findStaleOutboxes(5_000, 100_000)).filter(({ companyId }) => companyId === acme)
      await claimAs('a')
      expect(await stale()).toEqual([])
      const window = await windowOf()
      if (window?.outbox == null) throw new Error('nothing waits')
      const aged = { ...window.outbox, requestedAt: new Date(window.outbox.requestedAt.getTime() - 6_000) }
      await world.putWindow({ ...window, outbox: aged })
      expect(await stale()).toEqual([aged])
      await windows.clearOutboxes([{ ...aged, commandId: 'another' }])
      expect(await stale()).toEqual([aged])
      await windows.clearOutboxes([aged])
      expect((await windowOf())?.outbox).toBeNull()
    })

    test('a window is read with its sequence and what waits in it; no window, nothing', async () => {
      await claimAs('a')
      const read = await world.stores.windows.read([acme, 'nobody'])
      const window = await windowOf()
      expect([...read.values()]).toEqual([{ companyId: acme, sequence: window?.sequence, outbox: window?.outbox }])
      const schedule = await world.stores.windows.readSchedule([acme, 'nobody'], HOUR_MS)
      expect([...schedule.values()]).toEqual([{ sequence: window?.sequence, isFree: false, claimedLately: true }])
      await produce()
      await close({ opensAt: new Date((window?.opensAt.getTime() ?? 0) - 2 * HOUR_MS) })
      const later = await world.stores.windows.readSchedule([acme], HOUR_MS)
      expect(later.get(acme)).toEqual({ sequence: window?.sequence, isFree: true, claimedLately: false })
    })
  })

  describe(`the detector's events in ${adapter}`, () => {
    test('an insert tells the new from what is present, which stays as it is', async () => {
      const first = eventDoc('1')
      await world.stores.events.insert([first])
      const other = { ...eventDoc('1', { name: 'Other' }), bodySha256: 'f'.repeat(64) }
      const outcome = await world.stores.events.insert([other, eventDoc('2', { significant: false })])
      expect([...outcome.inserted]).toEqual([eventDoc('2').idempotencyKey])
      expect(outcome.present).toEqual([first.idempotencyKey])
      expect(outcome.refused.size).toBe(0)
      expect(await stored(first.idempotencyKey)).toMatchObject({ bodySha256: first.bodySha256, processed: false })
      const found = await world.stores.events.find([first.idempotencyKey, 'test:nobody'])
      expect([...found]).toEqual([
        [first.idempotencyKey, { bodySha256: first.bodySha256, processed: false, waitingFor: [acme] }],
      ])
    })

    test('what an event was classified as is kept with it', async () => {
      const classification = { type: 'person.promotion', reason: 'seniority_rose', policy: 'v1' }
      const event = { ...eventDoc('1'), classification }
      await world.stores.events.insert([event])
      const found = await world.stores.events.find([event.idempotencyKey])
      expect(found.get(event.idempotencyKey)?.classification).toEqual(classification)
    })

    test('of many who insert one event one has inserted it', async () => {
      const inserts = Array.from({ length: 6 }, () => world.stores.events.insert([eventDoc('1')]))
      expect((await Promise.all(inserts)).flatMap(({ inserted }) => [...inserted])).toHaveLength(1)
    })

    test('a decision is written once, removes the note of a failure, and lets expire what nobody waits for', async () => {
      const { events } = world.stores
      const [waiting, free] = [eventDoc('1'), eventDoc('2')]
      const keys = [waiting.idempotencyKey, free.idempotencyKey]
      await events.insert([waiting])
      await events.insert([free])
      await events.noteError(keys[0] ?? '', { code: 'broken', message: 'words' })
      expect(await stored(keys[0] ?? '')).toMatchObject({ error: { code: 'broken', message: 'words' } })
      await events.decide(
        [{ decision: { outcome: 'refresh', commandIds: ['c1'] }, keys: keys.slice(0, 1) }],
        new Date(5),
      )
      await world.releaseAll(acme)
      await events.decide([{ decision: { outcome: 'coalesced', commandIds: [] }, keys }], new Date(6))

      const first = await stored(keys[0] ?? '')
      expect(first).toMatchObject({ processed: true, processedAt: new Date(5), decision: { outcome: 'refresh' } })
      expect(first).not.toHaveProperty('error')
      expect(first).not.toHaveProperty('expiresAt')
      expect(await stored(keys[1] ?? '')).toMatchObject({
        decision: { outcome: 'coalesced' },
        expiresAt: expect.any(Date),
      })
      await events.noteError(keys[0] ?? '', { code: 'late', message: 'words' })
      expect(await stored(keys[0] ?? '')).not.toHaveProperty('error')
    })
  })

  describe(`the detector's directory in ${adapter}`, () => {
    test('a person is found by any source id, at every company where they stand now', async () => {
      const changed = { changedAt: new Date(1_000), changedBy: 'import' }
      const sourceIds = [`hubspot:${acme}`, `pdl:${acme}`]
      const place = (companyId: string, active: boolean) => {
        return { companyId, personId: acme, title: '', seniority: 'other', department: 'other', active, ...changed }
      }
      const person = { personId: acme, sourceIds, name: 'Pat Doe', ...changed }
      await world.putPerson(person, [place(`${acme}-b`, true), place(`${acme}-a`, true), place(`${acme}-left`, false)])
      const gone = { ...person, personId: `${acme}-gone`, sourceIds: [`pdl:${acme}-gone`] }
      await world.putPerson(gone, [{ ...place(`${acme}-a`, false), personId: gone.personId }])

      const asked = [`pdl:${acme}`, `pdl:${acme}-gone`, `pdl:${acme}-stranger`]
      const found = await world.stores.directory.findCompanies(asked)
      expect([...found]).toEqual([[`pdl:${acme}`, [`${acme}-a`, `${acme}-b`]]])
    })
  })

  describe(`the detector's logs and groups in ${adapter}`, () => {
    test('a log is inserted once, also by many at once, and tells the company of its command', async () => {
      const [won] = await claimAs('a')
      if (won?.outbox == null) throw new Error('nothing was claimed')
      const log = toRefreshLog(won.outbox)
      await Promise.all(Array.from({ length: 6 }, () => world.stores.logs.insert([log])))
      await world.stores.logs.insert([{ ...log, status: 'failed' }])
      expect((await world.all('logs')).filter(({ companyId }) => companyId === acme)).toEqual([log])
      expect([...(await world.stores.logs.findCompanies([log.commandId, 'nobody']))]).toEqual([[log.commandId, acme]])
      expect(await world.stores.logs.findFailed([log.commandId])).toEqual(new Set())
    })

    test('aged groups come oldest first, page after page', async () => {
      const now = Date.now()
      const ids = [`${acme}-1`, `${acme}-2`, `${acme}-3`]
      for (const [index, companyId] of ids.entries()) {
        await world.putGroup(groupOf(companyId, new Date(Date.UTC(1990, 0, 1) + (index === 2 ? 0 : 1))))
      }
      await world.putGroup(groupOf(`${acme}-young`, new Date(now + HOUR_MS)))
      const { groups } = world.stores
      const mine = (await groups.findAged(HOUR_MS, null, 100_000)).filter(({ companyId }) => companyId.startsWith(acme))
      expect(mine.map(({ companyId }) => companyId)).toEqual([ids[2], ids[0], ids[1]])
      const [, second] = mine
      const rest = await groups.findAged(HOUR_MS, second ?? null, 100_000)
      expect(rest.filter(({ companyId }) => companyId.startsWith(acme)).map(({ companyId }) => companyId)).toEqual([
        ids[1],
      ])
    })
  })
}

function groupOf(companyId: string, refreshedAt: Date): BuyerGroupDoc {
  return {
    companyId,
    companyName: null,
    workspaceId: 'default',
    sequence: 1,
    previousSequence: null,
    refreshId: companyId,
    commandId: companyId,
    reason: 'webhook',
    members: [],
    added: [],
    removed: [],
    changed: [],
    foldedIds: [],
    refreshedAt,
    publishedAt: refreshedAt,
  }
}
