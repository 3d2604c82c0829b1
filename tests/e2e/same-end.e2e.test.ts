import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { postEvent } from '@buyer-group/testing/events/signed-request.ts'
import { createDeployment, TEST_SECRET } from '@buyer-group/testing/processes/deployment.ts'
import { expect, onTestFinished, test } from 'vitest'

const EVENTS = join(import.meta.dirname, '../../examples/congress/events.ndjson.gz')
const REAL_EVENTS = 2_500
const MOVES = 100
const CONCURRENCY = 32

/** A small generator of pseudo-random numbers (mulberry32), so that a failing run can be repeated from its seed. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function shuffled<Item>(items: readonly Item[], next: () => number): Item[] {
  return items
    .map((item) => ({ item, order: next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item)
}

async function realEvents(limit: number): Promise<NativeEvent[]> {
  const lines = createInterface({ input: createReadStream(EVENTS).pipe(createGunzip()) })
  const events: NativeEvent[] = []
  for await (const line of lines) {
    events.push(JSON.parse(line))
    if (events.length === limit) break
  }
  return events
}

/** People of the real events moving between two committees, some more than once. */
function moves(events: readonly NativeEvent[], next: () => number): NativeEvent[] {
  const pick = () => {
    const event = events[Math.floor(next() * events.length)]
    if (event === undefined) throw new Error('no events')
    return event
  }
  return Array.from({ length: MOVES }, (_, index) => {
    const from = pick()
    const to = pick()
    return nativeEvent({
      id: `move_${index}`,
      source: 'congress',
      type: 'person.company_change',
      timestamp: new Date(Date.parse(from.timestamp) + Math.floor(next() * 9e9)).toISOString(),
      person: { id: from.person.id, name: from.person.name, newTitle: `Moved ${index}` },
      company: from.company,
      changes: { company: { old: { ...from.company }, new: { ...to.company } }, title: { new: `Moved ${index}` } },
    })
  })
}

/**
 * What an undisturbed run leaves, worked out independently of the product: for each person at each company the latest
 * event by its instant, then by its key. Real events are never moves, so they say all in two fields.
 */
function expectedPositions(events: readonly NativeEvent[]): string[] {
  const latest = new Map<string, { at: number; key: string; title: string | null }>()
  const note = (companyId: string, event: NativeEvent, title: string | null) => {
    const position = `${companyId} ${event.source}:${event.person.id}`
    const entry = { at: Date.parse(event.timestamp), key: `${event.source}:${event.id}`, title }
    const held = latest.get(position)
    if (held === undefined || entry.at > held.at || (entry.at === held.at && entry.key > held.key)) {
      latest.set(position, entry)
    }
  }
  for (const event of events) {
    if (event.type === 'person.rank_change') continue
    const company = event.changes.company as { new?: { id?: string } | null } | undefined
    const target = company?.new?.id
    const title = event.person.newTitle ?? null
    if (target !== undefined && target !== event.company.id) {
      note(event.company.id, event, null)
      note(target, event, title)
    } else note(event.company.id, event, company !== undefined && company.new === null ? null : title)
  }
  return [...latest]
    .filter(([, { title }]) => title !== null)
    .map(([position, { title }]) => `${position} ${title}`)
    .sort()
}

test('shuffled and duplicated events, with moves between companies, reach the end of an undisturbed run', async () => {
  const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000)
  console.log(`same end: TEST_SEED=${seed}`)
  const next = random(seed)
  const real = await realEvents(REAL_EVENTS)
  const events = [...real, ...moves(real, next)]
  const sent = shuffled([...events, ...events.filter(() => next() < 0.3)], next)

  const deployment = await createDeployment(onTestFinished, { REFRESH_WINDOW: '1s' })
  await Promise.all([
    deployment.start('ingest'),
    deployment.start('detector'),
    deployment.start('detector'),
    deployment.start('refresher'),
    deployment.start('refresher'),
  ])
  const { webhookEvents, refreshWindows, positions, people, buyerGroups } = deployment.collections

  const queue = [...sent]
  const answers = new Map<number, number>()
  const worker = async () => {
    for (let event = queue.pop(); event !== undefined; event = queue.pop()) {
      const { status } = await postEvent(deployment.ingestUrl, event, TEST_SECRET)
      answers.set(status, (answers.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  expect([...answers.keys()].sort()).toEqual([200, 202])

  const unsettled = async () => ({
    recorded: await webhookEvents.countDocuments(),
    open: await webhookEvents.countDocuments({ $or: [{ processed: false }, { 'waitingFor.0': { $exists: true } }] }),
    pending: await refreshWindows.countDocuments({ $or: [{ pending: { $ne: null } }, { outbox: { $ne: null } }] }),
    unpublished: await buyerGroups.countDocuments({ publishedAt: null }),
  })
  await expect
    .poll(unsettled, { timeout: 90_000, interval: 200 })
    .toEqual({ recorded: events.length, open: 0, pending: 0, unpublished: 0 })

  const sourceIds = new Map((await people.find().toArray()).map(({ personId, sourceIds }) => [personId, sourceIds[0]]))
  const active = (await positions.find({ active: true }).toArray())
    .map(({ companyId, personId, title }) => `${companyId} ${sourceIds.get(personId)} ${title}`)
    .sort()
  expect(active).toEqual(expectedPositions(events))

  const members = (await buyerGroups.find().toArray())
    .flatMap((group) =>
      group.members.map(({ personId, title }) => `${group.companyId} ${sourceIds.get(personId)} ${title}`),
    )
    .sort()
  expect(members).toEqual(active)
})
