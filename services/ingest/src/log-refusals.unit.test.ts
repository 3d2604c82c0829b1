import { expect, test } from 'vitest'
import { createLogRefusals } from './log-refusals.ts'

function harness() {
  const lines: object[] = []
  const clock = { now: 0 }
  const log = createLogRefusals({ info: (fields: object) => void lines.push(fields) } as never, () => clock.now)
  return { lines, clock, log }
}

test('of a flood of one code ten lines a second are logged, and how many were left out', () => {
  const { lines, clock, log } = harness()
  for (let count = 0; count < 1_000; count += 1) log('invalid_signature', 401)
  expect(lines).toEqual(Array(10).fill({ code: 'invalid_signature', status: 401 }))
  clock.now = 1_000
  log('invalid_signature', 401)
  log('invalid_signature', 401)
  expect(lines.slice(10)).toEqual([
    { code: 'invalid_signature', status: 401, leftOut: 990 },
    { code: 'invalid_signature', status: 401 },
  ])
})

test('a flood of one code hides no other', () => {
  const { lines, log } = harness()
  for (let count = 0; count < 1_000; count += 1) log('invalid_signature', 401)
  log('event_id_conflict', 409)
  expect(lines.at(-1)).toEqual({ code: 'event_id_conflict', status: 409 })
})
