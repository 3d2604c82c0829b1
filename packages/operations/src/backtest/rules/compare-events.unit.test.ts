import { DEFAULT_PROFILE } from '@buyer-group/rules/membership/default-profile.ts'
import { compilePolicy } from '@buyer-group/rules/significance/compile-policy.ts'
import { significancePolicySchema } from '@buyer-group/rules/significance/significance-policy.ts'
import { type EventOverrides, nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { describe, expect, test } from 'vitest'
import type { BacktestEvent } from './backtest-event.ts'
import { type CompareOptions, createEventComparison, topCompanies } from './compare-events.ts'

const HOUR_MS = 3_600_000
const rules = (policy: object) => ({
  policy: compilePolicy(significancePolicySchema.parse(policy)),
  profile: DEFAULT_PROFILE,
})

function eventAt(minute: number, overrides: EventOverrides = {}, more: Partial<BacktestEvent> = {}): BacktestEvent {
  const event = nativeEvent(overrides)
  const receivedAt = minute * 60_000
  const key = `${event.source}:${event.id}`
  const companyId = event.company.id
  return { key, companyId, receivedAt, occurredAt: new Date(receivedAt), event, recorded: null, ...more }
}

function compare(events: readonly BacktestEvent[], candidate: object, options: Partial<CompareOptions> = {}) {
  const sides = { current: rules({}), candidate: rules(candidate) }
  const comparison = createEventComparison({ sides, windowMs: HOUR_MS, maxAffected: 100, ...options })
  for (const event of events) comparison.take(event)
  return comparison.end()
}

const onlyMoves = { significantTypes: ['person.company_change'] }
const cosmetic = { oldTitle: 'VP Sales', newTitle: 'Vice President, Sales' }

describe('events under two policies', () => {
  test('are counted by what each would have made of them, with the refreshes that follow', () => {
    const { counts, read, differing } = compare(
      [eventAt(0), eventAt(10), eventAt(20, { type: 'person.company_change' }), eventAt(30, { type: 'person.moved' })],
      onlyMoves,
    )
    expect({ read, differing }).toEqual({ read: 4, differing: 2 })
    expect(counts.outcomes).toEqual({
      current: { refresh: 1, coalesced: 2, insignificant: 1 },
      candidate: { refresh: 1, coalesced: 0, insignificant: 3 },
    })
    expect(counts.refreshes).toEqual({
      current: { leading: 1, trailing: 1, total: 2 },
      candidate: { leading: 1, trailing: 0, total: 1 },
    })
    expect(counts.byType.map(({ type, source, current, candidate }) => [type, source, current, candidate])).toEqual([
      [
        'person.promotion',
        'test',
        { refresh: 1, coalesced: 1, insignificant: 0 },
        { refresh: 0, coalesced: 0, insignificant: 2 },
      ],
      [
        'person.company_change',
        'test',
        { refresh: 0, coalesced: 1, insignificant: 0 },
        { refresh: 1, coalesced: 0, insignificant: 0 },
      ],
      [
        'person.moved',
        'test',
        { refresh: 0, coalesced: 0, insignificant: 1 },
        { refresh: 0, coalesced: 0, insignificant: 1 },
      ],
    ])
    expect(counts.recorded).toBeNull()
  })

  test('tell what they were classified as, and whom the difference is about', () => {
    const events = [eventAt(0, { person: { id: 'p7', ...cosmetic }, changes: {} }), eventAt(1)]
    const { counts, affected, isCut } = compare(events, { ignoreCosmetic: true })
    expect(counts.classified).toEqual([{ type: 'none', reason: 'cosmetic', current: 0, candidate: 1 }])
    expect({ affected: [...affected], isCut }).toEqual({ affected: ['test:p7'], isCut: false })
  })

  test('of a move claim at both companies, and the event is one', () => {
    const changes = { company: { old: { id: 'acme' }, new: { id: 'beta' } } }
    const { counts, claims } = compare([eventAt(0, { changes })], {})
    expect(counts.outcomes.current).toEqual({ refresh: 1, coalesced: 0, insignificant: 0 })
    expect([...claims.current.keys()]).toEqual(['acme', 'beta'])
    const beta = compare([eventAt(0, { changes }), eventAt(1)], {}, { companyId: 'beta' })
    expect(beta.read).toBe(1)
    expect([...beta.claims.current.keys()]).toEqual(['beta'])
  })

  test('follow so many people and no more, and say so', () => {
    const events = ['p1', 'p1', 'p2'].map((id, minute) => eventAt(minute, { person: { id } }))
    const cut = (maxAffected: number) => {
      const { affected, isCut } = compare(events, onlyMoves, { maxAffected })
      return [affected.size, isCut]
    }
    expect([cut(2), cut(1)]).toEqual([
      [2, false],
      [1, true],
    ])
  })

  test('show what was decided when they happened, where that is known', () => {
    const events = [eventAt(0, {}, { recorded: 'refresh' }), eventAt(1, {}, { recorded: 'coalesced' }), eventAt(2)]
    expect(compare(events, {}).counts.recorded).toEqual({ refresh: 1, coalesced: 1, insignificant: 0 })
  })

  test('of ever new types are counted together beyond so many', () => {
    const events = Array.from({ length: 300 }, (_, index) => eventAt(index, { type: `person.t${index}` }))
    const { byType } = compare(events, {}).counts
    expect(byType).toHaveLength(201)
    expect(byType[0]).toMatchObject({ type: '(others)', source: '(others)', current: { insignificant: 100 } })
  })
})

test('companies stand by how much their refreshes differ, then by how many they have', () => {
  const claims = (counts: Record<string, number>) =>
    new Map(Object.entries(counts).map(([id, leading]) => [id, { leading, trailing: 0 }]))
  const both = {
    current: claims({ few: 1, many: 9, less: 5 }),
    candidate: claims({ few: 1, many: 9, less: 3, more: 1 }),
  }
  expect(topCompanies(both, 3)).toEqual([
    { companyId: 'less', current: 5, candidate: 3 },
    { companyId: 'more', current: 0, candidate: 1 },
    { companyId: 'many', current: 9, candidate: 9 },
  ])
})
