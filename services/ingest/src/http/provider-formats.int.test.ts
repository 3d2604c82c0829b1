import { createHmac } from 'node:crypto'
import { signedHeaders } from '@buyer-group/testing/events/signed-request.ts'
import { expect, onTestFinished, test } from 'vitest'
import { coresignalAdapter } from '../adapters/coresignal.ts'
import { crustdataAdapter } from '../adapters/crustdata.ts'
import { hubspotAdapter } from '../adapters/hubspot.ts'
import { lushaAdapter } from '../adapters/lusha.ts'
import { peopleDataLabsAdapter } from '../adapters/people-data-labs.ts'
import { lushaScheme } from '../schemes/lusha.ts'
import type { SourceDefinition } from '../sources/sources.ts'
import { readFixture } from '../test-kit/deliveries.ts'
import { SECRET, startTestIngest } from '../test-kit/start-test-ingest.ts'

const sources: readonly SourceDefinition[] = [
  { name: 'lusha', adapter: lushaAdapter, scheme: lushaScheme, ownSecrets: ['of-lusha'], companyIdPrefix: 'lu:' },
  ...[coresignalAdapter, hubspotAdapter, peopleDataLabsAdapter, crustdataAdapter].map((adapter) => {
    return { name: adapter.name, adapter, ownSecrets: [], companyIdPrefix: 'p:' }
  }),
]

const start = () => startTestIngest(onTestFinished, { sources })

async function post(url: string, source: string, value: unknown) {
  const body = JSON.stringify(value)
  const headers = source === 'lusha' ? lushaHeaders(body) : signedHeaders(body, SECRET)
  const response = await fetch(`${url}/api/webhooks/${source}`, { method: 'POST', headers, body })
  return { status: response.status, body: (await response.json()) as { readonly eventIds?: readonly string[] } }
}

function lushaHeaders(body: string): Record<string, string> {
  const at = String(Date.now())
  const signature = createHmac('sha256', 'of-lusha').update(`${at}.${body}`).digest('hex')
  return { 'content-type': 'application/json', 'x-lusha-timestamp': at, 'x-lusha-signature': signature }
}

test.each([
  ['lusha', 'lusha-promotion', ['lu:40823133'], ['lu:40823133']],
  ['lusha', 'lusha-company-change', ['lu:8217'], ['lu:8217']],
  ['coresignal', 'coresignal-experience', [''], ['coresignal:125']],
  [
    'hubspot',
    'hubspot',
    ['', 'p:8217', '', '', ''],
    ['hubspot:51', 'p:8217', 'hubspot:53', 'hubspot:54', 'hubspot:55'],
  ],
  [
    'people-data-labs',
    'people-data-labs',
    ['', ''],
    ['people-data-labs:aaaaAAAA-invented-0001_0000', 'people-data-labs:bbbbBBBB-invented-0002_0000'],
  ],
  [
    'crustdata',
    'crustdata',
    ['p:8217', 'p:9001', 'p:40823133', '', ''],
    ['p:8217', 'p:9001', 'p:40823133', 'crustdata:103', 'crustdata:104'],
  ],
])(
  'a delivery of %s (%s) is published item by item, by company or else by person',
  async (source, fixture, ids, keys) => {
    const { url, kafka } = await start()
    const answer = await post(url, source, readFixture(fixture))
    expect(answer).toMatchObject({ status: 202, body: { status: 'accepted' } })
    const changes = kafka.published.map(({ value }) => JSON.parse(String(value)))
    expect(changes.map(({ companyId }) => companyId)).toEqual(ids)
    expect(kafka.published.map(({ key }) => key)).toEqual(keys)
    expect(changes.map(({ eventId }) => eventId)).toEqual(answer.body.eventIds)
    expect(changes.every(({ payload }) => JSON.parse(payload).source === source)).toBe(true)
  },
)

test('a delivery that is tried again, beside new items or with another attempt number, is a repeat of what was taken', async () => {
  const { url, kafka } = await start()
  const [first, ...others] = readFixture('hubspot') as Record<string, unknown>[]
  expect((await post(url, 'hubspot', [first])).status).toBe(202)
  expect((await post(url, 'hubspot', [{ ...first, attemptNumber: 1 }])).status).toBe(200)
  expect((await post(url, 'hubspot', [...others, first])).status).toBe(202)
  expect(kafka.published).toHaveLength(5)
})

test('Lusha is answered as it requires, also where a signal concerns nobody', async () => {
  const { url, kafka } = await start()
  const acknowledged = (id: string) => ({ received: true, timestamp: expect.any(String), webhookId: id })
  const promotion = readFixture('lusha-promotion') as { readonly id: string }
  expect((await post(url, 'lusha', promotion)).body).toMatchObject(acknowledged(promotion.id))
  expect(await post(url, 'lusha', promotion)).toMatchObject({ status: 200, body: acknowledged(promotion.id) })
  const news = readFixture('lusha-company-news') as { readonly id: string }
  expect(await post(url, 'lusha', news)).toMatchObject({ status: 200, body: acknowledged(news.id) })
  expect(kafka.published).toHaveLength(1)
})

test('one item of the wrong shape has the whole delivery refused, with where it stands', async () => {
  const { url, kafka } = await start()
  const { status, body } = await post(url, 'coresignal', [{ member_id: 1, status: 'changed' }, { member_id: '' }])
  expect({ status, body }).toMatchObject({
    status: 400,
    body: { code: 'invalid_event', issues: [{ path: [1, 'member_id'] }, { path: [1, 'status'] }] },
  })
  expect(kafka.published).toEqual([])
})

test('a native event still needs a name and a company', async () => {
  const { url } = await start()
  const event = { id: 'e', source: 'test', type: 'person.x', timestamp: '2026-01-15T09:30:00Z', changes: {} }
  expect(await post(url, 'test', { ...event, person: { id: 'p' }, company: null })).toMatchObject({
    status: 400,
    body: { issues: [{ path: ['person', 'name'] }, { path: ['company'] }] },
  })
})
