import type { OutboxCommand } from '@buyer-group/shared/mongo/collections.ts'
import { expect, test } from 'vitest'
import { planRequests, type WindowState } from './plan-requests.ts'

const request = (requestId: string, companyId = 'acme') => ({
  requestId,
  companyId,
  companyName: null,
  requestedBy: 'api',
  requestedAt: 0,
})
const waiting = (commandId: string) => ({ commandId, companyId: 'acme' }) as OutboxCommand
const windows = (outbox: OutboxCommand | null) =>
  new Map<string, WindowState>([['acme', { companyId: 'acme', sequence: 5, outbox }]])
const none = new Map()

test('a request claims the window as it was read, or a first one', () => {
  expect(planRequests([request('a')], windows(null), none).claims).toEqual([{ request: request('a'), seenSequence: 5 }])
  expect(planRequests([request('a')], none, none).claims).toEqual([{ request: request('a'), seenSequence: null }])
})

test('the second request of a company waits for the next round', () => {
  const plan = planRequests([request('a'), request('b'), request('c', 'beta')], none, none)
  expect(plan.claims.map((claim) => claim.request.requestId)).toEqual(['a', 'c'])
  expect(plan.settled.size).toBe(0)
})

test('a command that stands in the way is produced first, once', () => {
  const plan = planRequests([request('a'), request('b')], windows(waiting('acme:5')), none)
  expect(plan).toEqual({ claims: [], standing: [waiting('acme:5')], settled: new Map() })
})

test('a request whose own command stands there needs only that to be produced', () => {
  const plan = planRequests([request('a')], windows(waiting('a')), new Map([['a', 'acme']]))
  expect(plan).toEqual({ claims: [], standing: [waiting('a')], settled: new Map([['a', 'claimed']]) })
})

test('a request with a log is a repeat, or a conflict where the log is of another company', () => {
  const logged = new Map([
    ['a', 'acme'],
    ['b', 'beta'],
  ])
  expect(planRequests([request('a'), request('b')], none, logged).settled).toEqual(
    new Map([
      ['a', 'repeat'],
      ['b', 'conflict'],
    ]),
  )
})
