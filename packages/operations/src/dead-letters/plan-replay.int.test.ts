import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { readStatus, readStatuses } from './read-status.ts'
import { useDeadLetters } from './test-kit/use-dead-letters.ts'

const deadLetters = useDeadLetters()

test('says what would be replayed, keeps it, and moves nothing', async () => {
  const { bury, plan, values, collections, source, dlq } = await deadLetters()
  await bury(['0'], { company: 'beta' })
  await bury(['1', '2'], { company: 'acme', code: 'a' })
  await bury(['3'], { company: 'beta', code: 'b' })
  const { replayId, plan: planned } = await plan({ filter: { companies: ['acme', 'beta'], reasons: ['a', 'b'] } })
  expect(planned).toMatchObject({
    replayable: 3,
    refused: [],
    byTopic: [{ name: source, count: 3 }],
    byReason: [
      { name: 'a', count: 2 },
      { name: 'b', count: 1 },
    ],
    topCompanies: [
      { name: 'acme', count: 2 },
      { name: 'beta', count: 1 },
    ],
    companies: 2,
  })
  expect(await readStatus(collections, replayId ?? '')).toMatchObject({
    status: 'planned',
    isHeld: false,
    replayed: 0,
    expired: 0,
    filter: { companies: ['acme', 'beta'], reasons: ['a', 'b'] },
    ranges: [{ topic: dlq, partition: 0, from: 1, to: 4, next: 1 }],
    plan: planned,
  })
  expect(await values()).toEqual([])
})

test('refuses what cannot go back: a topic that is gone, an origin that nobody knows', async () => {
  const { bury, publish, plan, createDlq, dlq, run, values } = await deadLetters()
  const gone = `gone-${randomUUID()}`
  const orphaned = await createDlq(gone)
  await bury(['lost'], { topic: gone, into: orphaned })
  await bury(['kept'])
  await publish({ key: 'acme', value: Buffer.from('bare') })
  const planned = await plan({ topics: [dlq, orphaned] })
  expect(planned.missingTopics).toEqual([gone])
  expect(planned.plan).toMatchObject({
    replayable: 1,
    refused: [
      { name: 'target_topic_missing', count: 1 },
      { name: 'unreadable_origin', count: 1 },
    ],
  })
  expect(await run(planned.replayId ?? '')).toMatchObject({ kind: 'completed', replayed: 1 })
  expect(await values()).toEqual(['kept'])
})

test('sends nothing to another topic than the one whose dead letters these are, whatever a letter says', async () => {
  const { bury, source, createDlq, plan, run, values, read } = await deadLetters()
  const other = `other-${randomUUID()}`
  const others = await createDlq(other)
  await bury(['stray'], { into: others })
  await bury(['strayed', 'more'], { topic: others })
  await bury(['kept'])
  const planned = await plan()
  expect(planned).toMatchObject({
    missingTopics: [],
    plan: { replayable: 1, byTopic: [{ name: source, count: 1 }], refused: [{ name: 'wrong_origin', count: 2 }] },
  })
  await run(planned.replayId ?? '')
  expect(await values()).toEqual(['kept'])
  expect(await read(others)).toHaveLength(1)
  expect(await plan({ topics: [others] })).toMatchObject({ replayId: null, missingTopics: [] })
})

test('keeps no plan where nothing can be replayed', async () => {
  const { bury, plan, collections } = await deadLetters()
  await bury(['lost'], { topic: `gone-${randomUUID()}` })
  const planned = await plan()
  expect(planned).toMatchObject({ replayId: null, plan: { replayable: 0, byTopic: [], firstAt: null } })
  expect(await readStatuses(collections, 10)).toEqual([])
})

test('refuses what was replayed already, unless it is wanted again', async () => {
  const { bury, plan, planId, run, list, values } = await deadLetters()
  await bury(['1', '2'])
  const first = await planId()
  await run(first)
  await bury(['3'])
  expect((await list()).letters.map(({ replayedBy }) => replayedBy)).toEqual([null, first, first])
  expect((await plan()).plan).toMatchObject({ replayable: 1, refused: [{ name: 'already_replayed', count: 2 }] })
  await run(await planId({ again: true }))
  expect(await values()).toEqual(['1', '2', '1', '2', '3'])
})

test('does not take letters of a dead-letter topic that was made anew for ones that were replayed', async () => {
  const { bury, planId, plan, run, remakeDlq, list, values } = await deadLetters()
  await bury(['1', '2', '3'])
  const [done, left] = [await planId(), await planId({ again: true })]
  await run(done)
  await remakeDlq()
  await bury(['4', '5', '6'])
  expect((await list()).letters.map(({ location, replayedBy }) => [location.offset, replayedBy])).toEqual([
    [2, null],
    [1, null],
    [0, null],
  ])
  expect(await run(left)).toMatchObject({ kind: 'completed', replayed: 0, skipped: 3 })
  expect((await plan()).plan).toMatchObject({ replayable: 3, refused: [] })
  await run(await planId())
  expect(await values()).toEqual(['1', '2', '3', '4', '5', '6'])
})

test('refuses names of topics that do not exist, and ids of replays that do not', async () => {
  const { plan, collections } = await deadLetters()
  await expect(plan({ topics: ['nowhere.dlq'] })).rejects.toMatchObject({ code: 'unknown_topic' })
  await expect(readStatus(collections, 'nope')).rejects.toMatchObject({ code: 'unknown_replay' })
})
