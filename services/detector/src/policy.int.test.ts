import { randomUUID } from 'node:crypto'
import { done, skip } from '@buyer-group/shared/outcomes/verdict.ts'
import { Registry } from 'prom-client'
import { beforeEach, describe, expect, test } from 'vitest'
import { createBatchHandler } from './handle-batch.ts'
import { createDetectorMetrics } from './metrics.ts'
import { dyingAt } from './test-kit/failing-detector.ts'
import { changeAt, idOf, never } from './test-kit/messages.ts'
import { eventOf, policyOf, testDetector, useTestDatabase, windowOf } from './test-kit/test-detector.ts'

const database = useTestDatabase()
const LOOSE = { untrusted: [{ types: ['person.updated'] }], ignoreCosmetic: true }
let acme: string
beforeEach(() => {
  acme = `acme-${randomUUID()}`
})

const titled = (type: string, oldTitle: string, newTitle: string) =>
  changeAt(acme, { type, changes: {}, person: { oldTitle, newTitle } })
const promoted = () => titled('person.updated', 'Sales Manager', 'VP Sales')
const respelled = (type: string) => titled(type, 'VP Sales', 'Vice President, Sales')

describe('a significance policy', () => {
  test('gives an event without a trusted type one, in its record and in the command', async () => {
    const policy = policyOf(LOOSE)
    const detector = testDetector(database.collections, { policy })
    const event = promoted()
    expect(await createBatchHandler(detector)([event], never)).toEqual([done])
    expect(await eventOf(database.collections, idOf(event))).toMatchObject({
      eventType: 'person.updated',
      classification: { type: 'person.promotion', reason: 'seniority_rose', policy: policy().version },
      decision: { outcome: 'refresh' },
      waitingFor: [acme],
    })
    expect(detector.commands).toMatchObject([{ companyId: acme, changeTypes: ['person.promotion'] }])
  })

  test('rules cosmetic changes insignificant and says so in their records', async () => {
    const detector = testDetector(database.collections, { policy: policyOf(LOOSE) })
    const events = [respelled('person.updated'), respelled('person.promotion')]
    await createBatchHandler(detector)(events, never)
    for (const event of events) {
      expect(await eventOf(database.collections, idOf(event))).toMatchObject({
        processed: true,
        classification: { type: 'none', reason: 'cosmetic' },
        decision: { outcome: 'insignificant', commandIds: [] },
        waitingFor: [],
        expiresAt: expect.any(Date),
      })
    }
    expect(detector.commands).toEqual([])
  })

  test('counts what it classified, and nothing else', async () => {
    const metrics = createDetectorMetrics(new Registry())
    const detector = testDetector(database.collections, { policy: policyOf(LOOSE), metrics })
    await createBatchHandler(detector)([promoted(), changeAt(acme), respelled('person.role_change')], never)
    const { values } = await metrics.classifications.get()
    expect(values.map(({ labels, value }) => ({ ...labels, value }))).toEqual([
      { type: 'person.promotion', reason: 'seniority_rose', value: 1 },
      { type: 'none', reason: 'cosmetic', value: 1 },
    ])
  })

  test('of the contract classifies nothing', async () => {
    const detector = testDetector(database.collections, { policy: policyOf({}) })
    const events = [respelled('person.promotion'), promoted()]
    await createBatchHandler(detector)(events, never)
    const [kept, ignored] = await Promise.all(events.map((event) => eventOf(database.collections, idOf(event))))
    expect([kept?.decision?.outcome, ignored?.decision?.outcome]).toEqual(['refresh', 'insignificant'])
    expect([kept, ignored].some((event) => event !== undefined && 'classification' in event)).toBe(false)
  })
})

describe('a policy that is reloaded between two deliveries of one event', () => {
  const strict = policyOf({ ...LOOSE, significantTypes: ['person.company_change'] })
  const loose = policyOf(LOOSE)
  const handleWith = (detector: ReturnType<typeof testDetector>, policy: typeof loose) =>
    createBatchHandler({ ...detector, policy })

  test.each(['windows.claimOrMark', 'publisher.publish', 'events.decide'] as const)(
    'leaves an event that was recorded as significant so, where %s had failed',
    async (effect) => {
      const detector = testDetector(database.collections, { policy: loose })
      const event = promoted()
      await expect(createBatchHandler(dyingAt(detector, effect, 'before'))([event], never)).rejects.toThrow('died')
      expect(await handleWith(detector, strict)([event], never)).toEqual([done])

      const { decision, waitingFor, classification } = await eventOf(database.collections, idOf(event))
      expect({ waitingFor, classification }).toEqual({
        waitingFor: [acme],
        classification: { type: 'person.promotion', reason: 'seniority_rose', policy: loose().version },
      })
      expect(decision?.outcome).toMatch(/^(refresh|coalesced)$/)
      const { pending, outbox } = await windowOf(database.collections, acme)
      expect([...detector.commands, outbox, pending].some((one) => one?.changeTypes[0] === 'person.promotion')).toBe(
        true,
      )
    },
  )

  test('leaves an event that was recorded as insignificant so: it is decided with its record', async () => {
    const detector = testDetector(database.collections, { policy: strict })
    const event = promoted()
    await createBatchHandler(detector)([event], never)
    const before = await eventOf(database.collections, idOf(event))
    expect(before.decision?.outcome).toBe('insignificant')
    expect(await handleWith(detector, loose)([event], never)).toEqual([skip('repeat')])
    expect(await eventOf(database.collections, idOf(event))).toEqual(before)
    expect(detector.commands).toEqual([])
  })

  test('is seen as one policy by the whole of a batch', async () => {
    let asked = 0
    const policy = () => (asked++ === 0 ? loose() : strict())
    const detector = testDetector(database.collections, { policy })
    await createBatchHandler(detector)([promoted(), changeAt(`other-${acme}`), promoted()], never)
    expect(asked).toBe(1)
  })
})
