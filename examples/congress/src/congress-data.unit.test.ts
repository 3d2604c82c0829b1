import { expect, test } from 'vitest'
import { FILES, readDirectory, readEvents } from './read-congress.ts'
import { comparePositions } from './rules/compare-positions.ts'
import { foldEvents } from './rules/fold-events.ts'

test('all events, folded in order over the start, lead to the end that the data names, in 294 companies', async () => {
  const [start, events, end] = await Promise.all([readDirectory(FILES.start), readEvents(), readDirectory(FILES.end)])
  const companyIds = new Set([...start.map(({ companyId }) => companyId), ...events.map(({ company }) => company.id)])
  expect([start.length, events.length, end.length]).toEqual([3_697, 55_681, 3_879])
  expect(comparePositions(companyIds, end, foldEvents(start, events))).toEqual({
    companies: 294,
    equal: 294,
    differences: [],
  })
  expect(companyIds.size - new Set(end.map(({ companyId }) => companyId)).size).toBe(66)
})

test('the first events alone lead elsewhere', async () => {
  const [start, events] = await Promise.all([readDirectory(FILES.start), readEvents(100)])
  expect(events).toHaveLength(100)
  const companyIds = new Set(start.map(({ companyId }) => companyId))
  expect(comparePositions(companyIds, start, foldEvents(start, events)).differences).not.toEqual([])
})
