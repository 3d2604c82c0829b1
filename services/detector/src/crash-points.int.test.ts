import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createBatchHandler } from './handle-batch.ts'
import { sweepWindows } from './sweep-windows.ts'
import { dyingAt, EFFECTS } from './test-kit/failing-detector.ts'
import { changeAt, idOf, move, never } from './test-kit/messages.ts'
import { ageOutboxes, closeWindow, eventOf, testDetector, useTestDatabase, windowOf } from './test-kit/test-detector.ts'

const database = useTestDatabase()

const points = EFFECTS.flatMap((effect) => (['before', 'after'] as const).map((when) => ({ effect, when })))

test.each(points)(
  'a process that dies $when $effect loses no change and refreshes once more at most',
  async (point) => {
    const { collections } = database
    const detector = testDetector(collections)
    const [acme, beta] = [`acme-${randomUUID()}`, `beta-${randomUUID()}`]
    const batch = [changeAt(acme), move(acme, beta), changeAt(acme), changeAt(beta, { type: 'person.email_change' })]

    const dying = dyingAt(detector, point.effect, point.when)
    await expect(createBatchHandler(dying)(batch, never)).rejects.toThrow('died')
    await createBatchHandler(detector)(batch, never)
    await ageOutboxes(collections)
    await sweepWindows(detector, never)
    for (const companyId of [acme, beta]) await closeWindow(collections, companyId)
    await sweepWindows(detector, never)

    for (const [index, message] of batch.entries()) {
      const { processed, decision } = await eventOf(collections, idOf(message))
      expect(processed).toBe(true)
      expect(decision?.outcome === 'insignificant').toBe(index === 3)
    }
    for (const companyId of [acme, beta]) {
      expect(await windowOf(collections, companyId)).toMatchObject({ pending: null, outbox: null })
      const commands = detector.commands
        .filter((command) => command.companyId === companyId)
        .map(({ requestedAt, ...command }) => command) // ageOutboxes changes it
      const distinct = new Map(commands.map((command) => [command.commandId, command]))
      for (const command of commands) expect(command).toEqual(distinct.get(command.commandId))
      expect([1, 2]).toContain(distinct.size)
      for (const commandId of distinct.keys())
        expect(await collections.refreshLogs.countDocuments({ commandId })).toBe(1)
      const firstId = detector.commands.find((command) => command.companyId === companyId)?.commandId
      expect(firstId).toMatch(new RegExp(`^${companyId}:\\d+$`))
    }
  },
)

test('an event that was left undecided but folded meanwhile claims nothing again', async () => {
  const { collections } = database
  const detector = testDetector(collections)
  const acme = `acme-${randomUUID()}`
  const event = changeAt(acme)
  await expect(createBatchHandler(dyingAt(detector, 'events.decide', 'before'))([event], never)).rejects.toThrow('died')
  await collections.webhookEvents.updateOne({ idempotencyKey: idOf(event) }, { $set: { waitingFor: [] } })
  await createBatchHandler(detector)([event], never)
  expect(detector.commands).toHaveLength(1)
  expect((await windowOf(collections, acme)).pending).toBeNull()
  expect((await eventOf(collections, idOf(event))).expiresAt).toBeInstanceOf(Date)
})
