import { randomUUID } from 'node:crypto'
import { deadLetter, done, skip } from '@buyer-group/shared/outcomes/verdict.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { createBatchHandler } from './handle-batch.ts'
import { change, changeAt, idOf, move, never, withOtherBody } from './test-kit/messages.ts'
import { eventOf, HOUR_MS, testDetector, useTestDatabase, windowOf } from './test-kit/test-detector.ts'

const database = useTestDatabase()
const setUp = () => {
  const detector = testDetector(database.collections)
  return { ...detector, handle: createBatchHandler(detector) }
}
let acme: string
beforeEach(() => {
  acme = `acme-${randomUUID()}`
})

describe('a significant change outside a window', () => {
  test('claims the window and produces its command at once', async () => {
    const { handle, commands, messages } = setUp()
    const event = changeAt(acme, { person: { id: 'p7' }, company: { id: acme, name: ' Acme Inc ' } })
    expect(await handle([event], never)).toEqual([done])

    const window = await windowOf(database.collections, acme)
    expect(window.closesAt.getTime() - window.opensAt.getTime()).toBe(HOUR_MS)
    expect(window).toMatchObject({ companyName: 'Acme Inc', pending: null, outbox: null })
    expect(window.sequence).toBe(window.opensAt.getTime())
    expect(commands).toEqual([
      {
        commandId: `${acme}:${window.sequence}`,
        companyId: acme,
        companyName: 'Acme Inc',
        workspaceId: 'default',
        reason: 'webhook',
        priority: 'normal',
        changeTypes: ['person.promotion'],
        triggeredBy: ['test:p7'],
        triggeredByCount: 1,
        sequence: window.sequence,
        requestedAt: window.opensAt.getTime(),
      },
    ])
    expect(messages[0]).toMatchObject({ topic: 'normal', key: acme })
    expect(messages[0]?.headers).toMatchObject({ ce_id: `${acme}:${window.sequence}`, ce_specversion: '1.0' })
    const log = await database.collections.refreshLogs.findOne({ commandId: `${acme}:${window.sequence}` })
    expect(log).toMatchObject({
      status: 'pending',
      companyId: acme,
      sequence: window.sequence,
      startedAt: window.opensAt,
    })
  })

  test('is recorded whole and decided as a refresh that names its command', async () => {
    const { handle, commands } = setUp()
    const event = changeAt(acme, { timestamp: '2026-01-15T10:30:00.123+01:00', ...{ extra: { kept: [1, null] } } })
    await handle([event], never)
    const recorded = await eventOf(database.collections, idOf(event))
    expect(recorded).toMatchObject({
      source: 'test',
      eventType: 'person.promotion',
      companyId: acme,
      occurredAt: new Date('2026-01-15T09:30:00.123Z'),
      receivedAt: new Date('2026-01-15T09:30:01.500Z'),
      processed: true,
      decision: { outcome: 'refresh', commandIds: [commands[0]?.commandId] },
      waitingFor: [acme],
    })
    expect(recorded.payload).toMatchObject({ extra: { kept: [1, null] } })
    expect(recorded.processedAt).toBeInstanceOf(Date)
    expect(recorded).not.toHaveProperty('expiresAt')
  })

  test('shares one claim with the others of its batch', async () => {
    const { handle, commands } = setUp()
    const other = { type: 'person.company_change', person: { id: 'p2' } }
    await handle([changeAt(acme), changeAt(acme, other), changeAt(acme)], never)
    expect(commands).toHaveLength(1)
    expect(commands[0]).toMatchObject({
      changeTypes: ['person.promotion', 'person.company_change'],
      triggeredBy: ['test:p1', 'test:p2'],
      triggeredByCount: 2,
    })
  })

  test('names at most a hundred people and counts them all', async () => {
    const { handle, commands } = setUp()
    const people = Array.from({ length: 130 }, (_, index) => changeAt(acme, { person: { id: `p${index}` } }))
    await handle(people, never)
    expect(commands[0]?.triggeredBy).toHaveLength(100)
    expect(commands[0]?.triggeredByCount).toBe(130)
  })

  test('passes the trace of its message on', async () => {
    const { handle, messages } = setUp()
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await handle([changeAt(acme), change({ company: { id: acme } }, { traceparent })], never)
    expect(messages[0]?.headers.traceparent).toBe(traceparent)
  })

  test('may have a company whose id and name look like expressions of the database', async () => {
    const { handle, commands } = setUp()
    const odd = `$companyId.${acme}`
    await handle([changeAt(odd, { company: { id: odd, name: '$$ROOT' }, person: { id: '$sequence' } })], never)
    expect(commands[0]).toMatchObject({ companyId: odd, companyName: '$$ROOT', triggeredBy: ['test:$sequence'] })
    expect(commands[0]?.commandId).toBe(`${odd}:${commands[0]?.sequence}`)
  })
})

describe('a significant change inside a window', () => {
  test('is marked pending and decided as coalesced, with no command', async () => {
    const { handle, commands } = setUp()
    await handle([changeAt(acme)], never)
    const opened = await windowOf(database.collections, acme)
    const late = changeAt(acme, { person: { id: 'p2' } })
    await handle([late], never)
    await handle([changeAt(acme, { person: { id: 'p3' } }), changeAt(acme, { person: { id: 'p2' } })], never)

    expect(commands).toHaveLength(1)
    const window = await windowOf(database.collections, acme)
    expect(window).toMatchObject({ sequence: opened.sequence, closesAt: opened.closesAt, opensAt: opened.opensAt })
    expect(window.pending).toMatchObject({ count: 3, changeTypes: ['person.promotion'] })
    expect(window.pending?.triggeredBy.toSorted()).toEqual(['test:p2', 'test:p3'])
    expect(await eventOf(database.collections, idOf(late))).toMatchObject({
      processed: true,
      decision: { outcome: 'coalesced', commandIds: [] },
      waitingFor: [acme],
    })
  })

  test('waits too where the window has closed but its command is not known to be produced', async () => {
    const { handle, commands } = setUp()
    await handle([changeAt(acme)], never)
    const command = { ...commands[0], requestedAt: new Date(commands[0]?.requestedAt ?? 0) }
    await database.collections.refreshWindows.updateOne(
      { companyId: acme },
      { $set: { outbox: command as never, closesAt: new Date(0) } },
    )
    await handle([changeAt(acme)], never)
    expect(commands).toHaveLength(1)
    expect(await windowOf(database.collections, acme)).toMatchObject({ pending: { count: 1 }, outbox: command })
  })
})

describe('a move between two identified companies', () => {
  test('waits for both and claims both windows', async () => {
    const { handle, commands } = setUp()
    const beta = `beta-${acme}`
    const event = move(acme, beta)
    await handle([event], never)
    expect(commands.map(({ companyId }) => companyId).sort()).toEqual([acme, beta].sort())
    const { decision, waitingFor } = await eventOf(database.collections, idOf(event))
    expect(waitingFor).toEqual([acme, beta])
    expect(decision?.commandIds.toSorted()).toEqual(commands.map(({ commandId }) => commandId).sort())
  })

  test('claims the one that is free and waits in the open window of the other', async () => {
    const { handle, commands } = setUp()
    const beta = `beta-${acme}`
    await handle([changeAt(beta)], never)
    const event = move(acme, beta)
    await handle([event], never)
    expect(commands.map(({ companyId }) => companyId)).toEqual([beta, acme])
    expect((await windowOf(database.collections, beta)).pending).toMatchObject({ count: 1 })
    const { decision } = await eventOf(database.collections, idOf(event))
    expect(decision).toEqual({ outcome: 'refresh', commandIds: [commands[1]?.commandId] })
  })
})

test('an insignificant change is recorded as decided and refreshes nothing', async () => {
  const { handle, commands } = setUp()
  const event = changeAt(acme, { type: 'person.email_change' })
  expect(await handle([event], never)).toEqual([done])
  expect(commands).toEqual([])
  expect(await database.collections.refreshWindows.findOne({ companyId: acme })).toBeNull()
  expect(await eventOf(database.collections, idOf(event))).toMatchObject({
    processed: true,
    decision: { outcome: 'insignificant', commandIds: [] },
    waitingFor: [],
    expiresAt: new Date('2026-03-01T09:30:01.500Z'),
  })
})

test('an event that was folded before it is decided expires from then on', async () => {
  const detector = testDetector(database.collections)
  const event = changeAt(acme)
  const publish = async () => {
    await database.collections.webhookEvents.updateOne({ idempotencyKey: idOf(event) }, { $set: { waitingFor: [] } })
  }
  await createBatchHandler({ ...detector, publisher: { publish } })([event], never)
  const { processed, expiresAt } = await eventOf(database.collections, idOf(event))
  expect({ processed, expiresAt }).toEqual({ processed: true, expiresAt: new Date('2026-03-01T09:30:01.500Z') })
})

describe('an event whose id was seen before', () => {
  const conflict = expect.objectContaining({ kind: 'deadLetter', code: 'event_id_conflict' })

  test('is a repeat with the same body, and has no further effect', async () => {
    const { handle, commands } = setUp()
    const significant = changeAt(acme)
    const insignificant = changeAt(acme, { type: 'person.email_change' })
    await handle([significant, insignificant], never)
    expect(await handle([insignificant, significant], never)).toEqual([skip('repeat'), skip('repeat')])
    expect(commands).toHaveLength(1)
    expect((await windowOf(database.collections, acme)).pending).toBeNull()
  })

  test('is dead-lettered with another body, and leaves the first as it was', async () => {
    const { handle } = setUp()
    const event = changeAt(acme)
    await handle([event], never)
    const before = await eventOf(database.collections, idOf(event))
    expect(await handle([withOtherBody(event), changeAt(acme)], never)).toEqual([conflict, done])
    expect(await eventOf(database.collections, idOf(event))).toEqual(before)
  })

  test('is judged the same within one batch', async () => {
    const { handle } = setUp()
    const event = changeAt(acme)
    expect(await handle([event, event, withOtherBody(event)], never)).toEqual([done, skip('repeat'), conflict])
    expect(await handle([withOtherBody(event), event], never)).toEqual([conflict, skip('repeat')])
  })
})

test('an event that the database can never take is dead-lettered alone', async () => {
  const { handle } = setUp()
  await database.db.command({
    collMod: 'webhook_events',
    validator: { eventType: { $ne: 'person.never' } },
    validationAction: 'error',
  })
  const never_ = changeAt(acme, { type: 'person.never' })
  expect(await handle([changeAt(acme), never_, never_], never)).toEqual([
    done,
    ...Array.from({ length: 2 }, () => deadLetter('event_not_storable', expect.any(String) as never, 'record')),
  ])
})

test('nothing is claimed any more once the partitions are revoked', async () => {
  const { handle, commands } = setUp()
  await expect(handle([changeAt(acme)], AbortSignal.abort(new Error('revoked')))).rejects.toThrow('revoked')
  expect(commands).toEqual([])
  expect(await database.collections.refreshWindows.findOne({ companyId: acme })).toBeNull()
})

test('what was claimed while the partitions were revoked is left to the sweeper', async () => {
  const { stores, commands, ...detector } = testDetector(database.collections)
  const revoked = new AbortController()
  const windows: typeof stores.windows = {
    ...stores.windows,
    claimOrMark: async (...claim) => {
      const won = await stores.windows.claimOrMark(...claim)
      revoked.abort(new Error('revoked'))
      return won
    },
  }
  const handle = createBatchHandler({ ...detector, stores: { ...stores, windows } })
  const event = changeAt(acme)
  await expect(handle([event], revoked.signal)).rejects.toThrow('revoked')
  expect(commands).toEqual([])
  const { outbox, sequence } = await windowOf(database.collections, acme)
  expect(outbox).toMatchObject({ commandId: `${acme}:${sequence}` })
  expect(await eventOf(database.collections, idOf(event))).toMatchObject({ processed: false })
})
