import { randomUUID } from 'node:crypto'
import { done, skip } from '@buyer-group/shared/outcomes/verdict.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { createBatchHandler } from './handle-batch.ts'
import { sweepWindows } from './sweep-windows.ts'
import { dyingAt, REQUEST_EFFECTS } from './test-kit/failing-detector.ts'
import { changeAt, idOf, never, request } from './test-kit/messages.ts'
import { ageOutboxes, closeWindow, testDetector, useTestDatabase, windowOf } from './test-kit/test-detector.ts'

const database = useTestDatabase()
let acme: string
beforeEach(() => {
  acme = `acme-${randomUUID()}`
})

const setUp = () => {
  const detector = testDetector(database.collections)
  return { detector, commands: detector.commands, messages: detector.messages, handle: createBatchHandler(detector) }
}

describe('a manual refresh', () => {
  test('of a company without a window claims one, under its own id and with high priority', async () => {
    const { handle, commands, messages } = setUp()
    const asked = request(acme, { companyName: 'Acme Inc' })
    expect(await handle([asked], never)).toEqual([done])
    const window = await windowOf(database.collections, acme)
    expect(window).toMatchObject({ pending: null, outbox: null, companyName: 'Acme Inc' })
    expect(commands).toEqual([
      expect.objectContaining({
        commandId: idOf(asked),
        companyId: acme,
        companyName: 'Acme Inc',
        reason: 'manual',
        priority: 'high',
        changeTypes: [],
        triggeredBy: ['api'],
        triggeredByCount: 1,
        sequence: window.sequence,
      }),
    ])
    expect(messages[0]).toMatchObject({ topic: 'high', key: acme })
    const log = await database.collections.refreshLogs.findOne({ commandId: idOf(asked) })
    expect(log).toMatchObject({ status: 'pending', reason: 'manual', companyId: acme })
  })

  test('inside a window claims at once, takes over what is pending and opens a new window', async () => {
    const { detector, handle, commands } = setUp()
    await handle([changeAt(acme)], never)
    await handle([changeAt(acme, { person: { id: 'p2' } })], never)
    const before = await windowOf(database.collections, acme)
    await handle([request(acme)], never)

    const after = await windowOf(database.collections, acme)
    expect(after.sequence).toBeGreaterThan(before.sequence)
    expect(after.closesAt.getTime()).toBeGreaterThanOrEqual(before.closesAt.getTime())
    expect(after.pending).toBeNull()
    expect(commands[1]).toMatchObject({
      reason: 'manual',
      companyName: 'Acme Inc',
      changeTypes: ['person.promotion'],
      triggeredBy: ['api', 'test:p2'],
      triggeredByCount: 2,
    })
    await closeWindow(database.collections, acme)
    await sweepWindows(detector, never)
    expect(commands).toHaveLength(2)
  })

  test('that is delivered again claims nothing, whether its window has closed or not', async () => {
    const { handle, commands } = setUp()
    const asked = request(acme)
    expect(await handle([asked, asked], never)).toEqual([done, skip('repeat')])
    expect(await handle([asked], never)).toEqual([skip('repeat')])
    await closeWindow(database.collections, acme)
    expect(await handle([asked], never)).toEqual([skip('repeat')])
    expect(commands).toHaveLength(1)
  })

  test('that is delivered to many instances at once claims once', async () => {
    const asked = request(acme)
    const instances = Array.from({ length: 5 }, setUp)
    await Promise.all(instances.map(({ handle }) => handle([asked], never)))
    const commands = instances.flatMap((instance) => instance.commands)
    expect(new Set(commands.map(({ sequence }) => sequence)).size).toBe(1)
    expect(await windowOf(database.collections, acme)).toMatchObject({ sequence: commands[0]?.sequence, outbox: null })
  })

  test('is one of several for a company: each is a refresh of its own, in order', async () => {
    const { handle, commands } = setUp()
    const asked = [request(acme), request(acme), request(`other-${acme}`), request(acme)]
    expect(await handle(asked, never)).toEqual([done, done, done, done])
    const ofAcme = commands.filter(({ companyId }) => companyId === acme)
    expect(ofAcme.map(({ commandId }) => commandId)).toEqual(
      [asked[0], asked[1], asked[3]].map((one) => one && idOf(one)),
    )
    const sequences = ofAcme.map(({ sequence }) => sequence)
    expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b))
  })

  test('lets many different ones for a company, from many instances, each have their turn', async () => {
    const instances = Array.from({ length: 4 }, setUp)
    await Promise.all(instances.map(({ handle }) => handle([request(acme), request(acme)], never)))
    const commands = instances.flatMap((instance) => instance.commands)
    expect(new Set(commands.map(({ commandId }) => commandId)).size).toBe(8)
    expect(new Set(commands.map(({ sequence }) => sequence)).size).toBe(8)
  })

  test('never overwrites a command that is not known to be produced: that one goes first', async () => {
    const { detector, handle, commands } = setUp()
    const dying = createBatchHandler(dyingAt(detector, 'publisher.publish', 'before'))
    await expect(dying([changeAt(acme)], never)).rejects.toThrow('died')
    await handle([request(acme)], never)
    expect(commands.map(({ reason }) => reason)).toEqual(['webhook', 'manual'])
    expect(commands[1]?.sequence).toBeGreaterThan(commands[0]?.sequence ?? Number.POSITIVE_INFINITY)
  })

  test('takes over what the changes of its own batch left pending', async () => {
    const { handle, commands } = setUp()
    await handle([changeAt(acme)], never)
    await handle([request(acme), changeAt(acme, { person: { id: 'p2' } })], never)
    expect(commands[1]?.triggeredBy).toEqual(['api', 'test:p2'])
    expect((await windowOf(database.collections, acme)).pending).toBeNull()
  })

  test('with an id that was used for another company is dead-lettered', async () => {
    const { handle, commands } = setUp()
    const first = request(acme)
    const same = { requestId: idOf(first) }
    const conflict = expect.objectContaining({ kind: 'deadLetter', code: 'request_id_conflict' })
    expect(await handle([first, request(`other-${acme}`, same)], never)).toEqual([done, conflict])
    expect(await handle([request(`other-${acme}`, same)], never)).toEqual([conflict])
    expect(commands).toHaveLength(1)
  })
})

const points = REQUEST_EFFECTS.flatMap((effect) => (['before', 'after'] as const).map((when) => ({ effect, when })))

test.each(points)('a manual refresh whose process dies $when $effect is one refresh in the end', async (point) => {
  const { detector, handle, commands } = setUp()
  await handle([changeAt(acme)], never)
  await handle([changeAt(acme, { person: { id: 'p2' } })], never)
  const asked = request(acme)
  const dying = createBatchHandler(dyingAt(detector, point.effect, point.when))
  await expect(dying([asked], never)).rejects.toThrow('died')
  await handle([asked], never)
  await ageOutboxes(database.collections)
  await sweepWindows(detector, never)

  const manual = commands.filter(({ commandId }) => commandId === idOf(asked))
  expect(new Set(manual.map(({ sequence }) => sequence)).size).toBe(1)
  expect(manual[0]?.triggeredBy).toEqual(['api', 'test:p2'])
  expect(await windowOf(database.collections, acme)).toMatchObject({ pending: null, outbox: null })
})
