import type { RefreshResult } from '@buyer-group/shared/messages/messages.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { postEvent, signedHeaders } from '@buyer-group/testing/events/signed-request.ts'
import {
  createDeployment,
  type Deployment,
  type ReadMessage,
  TEST_SECRET,
  TEST_TOKEN,
} from '@buyer-group/testing/processes/deployment.ts'
import type { ServiceProcess } from '@buyer-group/testing/processes/start-service.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** The window is short enough to watch it close and long enough for a start of a process to fit into it. */
const WINDOW_MS = 5_000

const soon = { timeout: 30_000, interval: 50 }

let deployment: Deployment
let refresher: ServiceProcess
const releases: (() => Promise<void>)[] = []

beforeAll(async () => {
  deployment = await createDeployment((release) => releases.push(release), { REFRESH_WINDOW: `${WINDOW_MS}ms` })
  const [, , started] = await Promise.all([
    deployment.start('ingest'),
    deployment.start('detector'),
    deployment.start('refresher'),
  ])
  refresher = started
})

afterAll(async () => {
  for (const release of releases) await release()
})

const post = (event: unknown, at?: number) => postEvent(deployment.ingestUrl, event, TEST_SECRET, at)

const get = (path: string) =>
  fetch(`${deployment.ingestUrl}${path}`, { headers: { authorization: `Bearer ${TEST_TOKEN}` } })

const jsonOf = async (response: Response) => (await response.json()) as Record<string, unknown>

const groupOf = (companyId: string) => deployment.collections.buyerGroups.findOne({ companyId })

/** The results of a company as a subscriber keeps them: a repeat (same ce_id) says the same as the first and is dropped. */
async function resultsOf(companyId: string) {
  const byId = new Map<string, ReadMessage<RefreshResult>>()
  for (const result of await deployment.read(TOPICS.refreshResults)) {
    if (result.key !== companyId) continue
    const id = result.headers.ce_id ?? ''
    const first = byId.get(id)
    if (first === undefined) byId.set(id, result)
    else expect(result.value).toEqual(first.value)
  }
  return [...byId.values()]
}

describe('a signed webhook', () => {
  const event = nativeEvent({ company: { id: 'acme' }, person: { id: 'pat', email: 'Pat.Doe@Acme.example' } })

  test('is accepted and becomes a buyer group in MongoDB', async () => {
    const response = await post(event)
    expect(response.status).toBe(202)
    expect(await response.json()).toEqual({ status: 'accepted', eventId: event.id })
    await expect
      .poll(() => groupOf('acme'), soon)
      .toMatchObject({
        companyId: 'acme',
        companyName: 'Acme Inc',
        previousSequence: null,
        members: [{ name: 'Pat Doe', title: 'Chief Financial Officer', email: 'pat.doe@acme.example' }],
        foldedIds: [`test:${event.id}`],
      })
    expect(await deployment.collections.people.findOne({ sourceIds: 'test:pat' })).toMatchObject({ name: 'Pat Doe' })
  })

  test('is published as a decoded result and as the current state, under the company id', async () => {
    await expect.poll(async () => (await groupOf('acme'))?.publishedAt, soon).toBeInstanceOf(Date)
    const group = await groupOf('acme')
    const [result] = await resultsOf('acme')
    expect(result).toMatchObject({
      key: 'acme',
      headers: { ce_id: `${group?.refreshId}:completed`, ce_specversion: '1.0' },
      value: {
        outcome: 'completed',
        companyId: 'acme',
        sequence: group?.sequence,
        previousSequence: null,
        reason: 'webhook',
        members: [{ name: 'Pat Doe', title: 'Chief Financial Officer' }],
        added: [{ name: 'Pat Doe' }],
        removed: [],
        changed: [],
        error: null,
      },
    })
    const [current] = (await deployment.read(TOPICS.current)).filter(({ key }) => key === 'acme')
    expect(current?.value).toMatchObject({ sequence: group?.sequence, refreshId: group?.refreshId })
  })

  test('that is posted again is answered as a repeat and has no second effect', async () => {
    const response = await post(event)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'already_processed', eventId: event.id })
    expect(await resultsOf('acme')).toHaveLength(1)
  })

  test('with the same id and another body is a conflict', async () => {
    const response = await post({ ...event, person: { ...event.person, newTitle: 'Janitor' } })
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({ code: 'event_id_conflict' })
  })

  test('can be followed from its arrival to the refresh that covers it', async () => {
    await expect
      .poll(async () => (await get(`/api/events/test:${event.id}`)).json(), soon)
      .toMatchObject({ decision: { outcome: 'refresh' }, waitingFor: [] })
    const group = await (await get('/api/companies/acme/buyer-group')).json()
    expect(group).toMatchObject({ companyId: 'acme', members: [{ name: 'Pat Doe' }] })
  })
})

describe('a request that is not to be trusted leaves no trace', () => {
  const rejected = async (response: Response) => ({ status: response.status, code: (await jsonOf(response)).code })
  const forged = nativeEvent({ company: { id: 'forged' } })

  test('a forged signature', async () => {
    const response = await postEvent(deployment.ingestUrl, forged, 'another secret')
    expect(await rejected(response)).toEqual({ status: 401, code: 'invalid_signature' })
  })

  test('a stale timestamp', async () => {
    const response = await post(forged, Date.now() - 301_000)
    expect(await rejected(response)).toEqual({ status: 401, code: 'stale_timestamp' })
  })

  test('a body that was changed after it was signed', async () => {
    const headers = signedHeaders(JSON.stringify(forged), TEST_SECRET)
    const body = JSON.stringify({ ...forged, company: { id: 'forged', name: 'Other' } })
    const url = `${deployment.ingestUrl}/api/webhooks/person-change`
    const response = await fetch(url, { method: 'POST', headers, body })
    expect(await rejected(response)).toEqual({ status: 401, code: 'invalid_signature' })
  })

  test('nothing of them was published', async () => {
    const published = await deployment.read(TOPICS.personChanges)
    expect(published.filter(({ key }) => key === 'forged')).toEqual([])
  })
})

describe('changes inside an open window', () => {
  let day = 0
  const change = (person: string, title: string) => {
    day += 1
    return nativeEvent({
      timestamp: `2026-01-0${day}T00:00:00Z`,
      company: { id: 'beta', name: 'Beta' },
      person: { id: person, name: person, newTitle: title },
    })
  }

  test('wait for one trailing refresh at its end, which covers all of them, also when the refresher is killed', async () => {
    expect((await post(change('ann', 'CEO'))).status).toBe(202)
    await expect.poll(async () => (await groupOf('beta'))?.members.length, soon).toBe(1)

    refresher.kill('SIGKILL')
    await refresher.exited
    const waiting = [change('bob', 'CFO'), change('cid', 'CTO'), change('ann', 'Chair')]
    for (const event of waiting) expect((await post(event)).status).toBe(202)
    const commands = () => deployment.collections.refreshLogs.countDocuments({ companyId: 'beta' })
    await expect.poll(commands, soon).toBe(2)
    refresher = await deployment.start('refresher')

    await expect.poll(async () => (await groupOf('beta'))?.foldedIds.length, soon).toBe(3)
    await expect.poll(async () => (await groupOf('beta'))?.publishedAt, soon).toBeInstanceOf(Date)
    const group = await groupOf('beta')
    expect(group?.members.map(({ name, title }) => `${name}: ${title}`).sort()).toEqual([
      'ann: Chair',
      'bob: CFO',
      'cid: CTO',
    ])
    const results = await resultsOf('beta')
    expect(results).toHaveLength(2)
    expect(results[1]?.value).toMatchObject({ previousSequence: results[0]?.value.sequence, sequence: group?.sequence })
    expect(results[1]?.value.added.map(({ name }) => name).sort()).toEqual(['bob', 'cid'])
    expect(results[1]?.value.changed.map(({ after }) => after.title)).toEqual(['Chair'])
    const windows = (group?.sequence ?? 0) - (results[0]?.value.sequence ?? 0)
    expect(windows).toBeGreaterThanOrEqual(WINDOW_MS)
  })
})

describe('a move between two companies', () => {
  test('refreshes both', async () => {
    const person = { id: 'mia', name: 'Mia' }
    const joined = nativeEvent({ company: { id: 'old-co', name: 'Old' }, person: { ...person, newTitle: 'CTO' } })
    await post(joined)
    await expect.poll(async () => (await groupOf('old-co'))?.members.length, soon).toBe(1)
    const moved = nativeEvent({
      type: 'person.company_change',
      timestamp: '2026-02-01T00:00:00Z',
      company: { id: 'old-co', name: 'Old' },
      person: { ...person, newTitle: 'CEO' },
      changes: { company: { old: { id: 'old-co', name: 'Old' }, new: { id: 'new-co', name: 'New' } } },
    })
    await post(moved)
    await expect.poll(async () => (await groupOf('new-co'))?.members.map(({ title }) => title), soon).toEqual(['CEO'])
    await expect.poll(async () => (await groupOf('old-co'))?.members, soon).toEqual([])
  })
})

describe('a refresh by hand', () => {
  test('of a group that outgrows a megabyte is published as any other', async () => {
    const changed = { changedAt: new Date('2026-01-01'), changedBy: '!import:test' }
    const ids = Array.from({ length: 6_000 }, (_, index) => `per_${index}`)
    const { people, positions } = deployment.collections
    await people.insertMany(
      ids.map((personId) => ({ personId, sourceIds: [`big:${personId}`], name: 'N', ...changed })),
    )
    const place = { companyId: 'big', title: 'Member', seniority: 'individual', department: 'other', active: true }
    await positions.insertMany(ids.map((personId) => ({ personId, ...place, ...changed })))
    const body = JSON.stringify({ companyId: 'big' })
    const headers = { authorization: `Bearer ${TEST_TOKEN}`, 'content-type': 'application/json' }
    await fetch(`${deployment.ingestUrl}/api/refreshes`, { method: 'POST', headers, body })
    await expect.poll(async () => (await groupOf('big'))?.publishedAt, soon).toBeInstanceOf(Date)
    const [result] = await resultsOf('big')
    expect(result?.value.members).toHaveLength(6_000)
    expect(result?.value.added).toHaveLength(6_000)
  })

  test('runs at once although the window is open, and its repeat is the same refresh', async () => {
    const ask = () =>
      fetch(`${deployment.ingestUrl}/api/refreshes`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${TEST_TOKEN}`,
          'content-type': 'application/json',
          'idempotency-key': 'once',
        },
        body: JSON.stringify({ companyId: 'acme' }),
      })
    const [first, second] = [await ask(), await ask()]
    expect([first.status, second.status]).toEqual([202, 202])
    const { id } = await jsonOf(first)
    expect((await jsonOf(second)).id).toBe(id)
    await expect.poll(async () => (await jsonOf(await get(`/api/refreshes/${id}`))).status, soon).toBe('completed')
    expect(await deployment.collections.refreshLogs.countDocuments({ companyId: 'acme', reason: 'manual' })).toBe(1)
    const results = await resultsOf('acme')
    expect(results.filter(({ value }) => value.commandId === id)).toHaveLength(1)
  })
})

test('nothing was dead-lettered on the way', async () => {
  const topics = [
    `${TOPICS.personChanges}.detector.dlq`,
    `${TOPICS.refreshRequests}.detector.dlq`,
    `${TOPICS.refreshCommandsNormal}.refresher.dlq`,
    `${TOPICS.refreshCommandsHigh}.refresher.dlq`,
  ]
  expect(await Promise.all(topics.map((topic) => deployment.count(topic)))).toEqual([0, 0, 0, 0])
})
