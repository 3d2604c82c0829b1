import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { createBatchHandler } from './handle-batch.ts'
import { changeAt, idOf, never } from './test-kit/messages.ts'
import { closeWindow, eventOf, testDetector, useTestDatabase, windowOf } from './test-kit/test-detector.ts'

const database = useTestDatabase()
let acme: string
beforeEach(() => {
  acme = `acme-${randomUUID()}`
})

const instances = (count: number) =>
  Array.from({ length: count }, () => {
    const detector = testDetector(database.collections)
    return { commands: detector.commands, handle: createBatchHandler(detector) }
  })

test('instances that meet at a new company claim its window once, and nobody’s change is dropped', async () => {
  const racers = instances(8)
  const events = racers.map(() => changeAt(acme))
  await Promise.all(racers.map(({ handle }, index) => handle(events.slice(index, index + 1), never)))
  expect(racers.flatMap(({ commands }) => commands)).toHaveLength(1)
  expect((await windowOf(database.collections, acme)).pending).toMatchObject({ count: 7 })
  const decided = await Promise.all(events.map((event) => eventOf(database.collections, idOf(event))))
  expect(decided.map(({ decision }) => decision?.outcome).sort()).toEqual([...Array(7).fill('coalesced'), 'refresh'])
})

test('instances that meet at a closed window claim the next one once', async () => {
  const racers = instances(8)
  await racers[0]?.handle([changeAt(acme)], never)
  await closeWindow(database.collections, acme)
  await Promise.all(racers.map(({ handle }) => handle([changeAt(acme)], never)))
  expect(racers.flatMap(({ commands }) => commands)).toHaveLength(2)
})

test('instances that get the same events at once decide each once and claim once', async () => {
  const racers = instances(4)
  const events = Array.from({ length: 20 }, () => changeAt(acme))
  await Promise.all(racers.map(({ handle }) => handle(events, never)))
  expect(racers.flatMap(({ commands }) => commands)).toHaveLength(1)
  const keys = events.map(idOf)
  const { webhookEvents } = database.collections
  expect(await webhookEvents.countDocuments({ idempotencyKey: { $in: keys }, processed: true })).toBe(20)
})

test('a sequence is one more than the last even where the database’s clock has fallen back', async () => {
  const [instance] = instances(1)
  await instance?.handle([changeAt(acme)], never)
  const ahead = Date.now() + 86_400_000
  await database.collections.refreshWindows.updateOne({ companyId: acme }, { $set: { sequence: ahead } })
  await closeWindow(database.collections, acme)
  await instance?.handle([changeAt(acme)], never)
  expect(instance?.commands[1]).toMatchObject({ sequence: ahead + 1, commandId: `${acme}:${ahead + 1}` })
})

test('a sequence does not fall back where the windows were lost', async () => {
  const [instance] = instances(1)
  await instance?.handle([changeAt(acme)], never)
  await database.collections.refreshWindows.deleteOne({ companyId: acme })
  await instance?.handle([changeAt(acme)], never)
  const [first, second] = instance?.commands ?? []
  expect(second?.sequence).toBeGreaterThan(first?.sequence ?? Number.POSITIVE_INFINITY)
})
