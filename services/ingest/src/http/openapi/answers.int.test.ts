import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { postEvent } from '@buyer-group/testing/events/signed-request.ts'
import { expect, onTestFinished, test } from 'vitest'
import { compileOpenapi, pointerTo } from '../../test-kit/openapi-schemas.ts'
import { SECRET, startTestIngest, TOKEN } from '../../test-kit/start-test-ingest.ts'

const AT = new Date('2026-01-15T09:30:00Z')

const MEMBER = {
  personId: 'p1',
  name: 'Pat Doe',
  email: null,
  title: 'CFO',
  seniority: 'c-suite',
  department: 'finance',
  role: 'decision maker',
  score: 90,
}

async function open() {
  const ingest = await startTestIngest(onTestFinished)
  const { url } = ingest
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as object
  const check = compileOpenapi(document)
  /** The answer's status, and what the document would not let it say. */
  const judge = async (method: string, path: string, response: Response) => {
    const type = (response.headers.get('content-type') ?? '').replace(/;.*/, '')
    const schema = pointerTo('paths', path, method, 'responses', String(response.status), 'content', type, 'schema')
    return { status: response.status, wrong: check(schema, await response.json()) }
  }
  const read = async (path: string, id?: string) => {
    const address = url + path.replace('{id}', encodeURIComponent(id ?? ''))
    return judge('get', path, await fetch(address, { headers: { authorization: `Bearer ${TOKEN}` } }))
  }
  return { ...ingest, judge, read }
}

const said = (status: number) => ({ status, wrong: undefined })

test('webhooks are answered as the document says', async () => {
  const { url, judge, read } = await open()
  const event = nativeEvent()
  const post = async (body: unknown, secret = SECRET) =>
    judge('post', '/api/webhooks/person-change', await postEvent(url, body, secret))
  expect(await read('/api/webhooks/person-change')).toEqual(said(200))
  expect(await post(event)).toEqual(said(202))
  expect(await post(event)).toEqual(said(200))
  expect(await post({ ...event, more: true })).toEqual(said(409))
  expect(await post({ ...event, person: {} })).toEqual(said(400))
  expect(await post(event, 'another-secret')).toEqual(said(401))
})

test('operators are answered as the document says', async () => {
  const { url, collections, judge, read } = await open()
  const refresh = {
    companyId: 'acme',
    workspaceId: 'default',
    reason: 'webhook' as const,
    triggeredBy: ['p1'],
    status: 'superseded' as const,
    sequence: 7,
    supersededBy: 8,
    startedAt: AT,
    completedAt: AT,
    changes: { added: 1, removed: 0, changed: 0 },
    error: { code: 'x', message: 'y' },
    expiresAt: AT,
  }
  await collections.refreshLogs.insertOne({ commandId: 'c1', ...refresh })
  await collections.webhookEvents.insertOne({
    idempotencyKey: 'test:e1',
    source: 'test',
    eventType: 'person.promotion',
    payload: {},
    bodySha256: 'abc',
    companyId: 'acme',
    occurredAt: AT,
    receivedAt: AT,
    processed: true,
    processedAt: AT,
    decision: { outcome: 'refresh', commandIds: ['c1', 'c2'] },
    classification: { type: 'none', reason: 'same_title', policy: 'v1' },
    waitingFor: ['acme'],
    coveredBy: [{ companyId: 'acme', commandId: 'c1', refreshId: 'r1', sequence: 7, at: AT }],
    error: { code: 'x', message: 'y' },
  })
  await collections.buyerGroups.insertOne({
    companyId: 'acme',
    companyName: null,
    workspaceId: 'default',
    sequence: 7,
    previousSequence: null,
    refreshId: 'r1',
    commandId: 'c1',
    reason: 'webhook',
    members: [{ ...MEMBER, reasons: ['c-suite'] }],
    added: [MEMBER],
    removed: [],
    changed: [{ personId: 'p1', before: MEMBER, after: MEMBER }],
    foldedIds: ['test:e1'],
    refreshedAt: AT,
    composedAt: AT,
    profileVersion: 'v1',
    publishedAt: null,
  })
  expect(await read('/api/refreshes/{id}', 'c1')).toEqual(said(200))
  expect(await read('/api/refreshes/{id}', 'c9')).toEqual(said(404))
  expect(await read('/api/events/{id}', 'test:e1')).toEqual(said(200))
  expect(await read('/api/companies/{id}/buyer-group', 'acme')).toEqual(said(200))

  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const request = async (body: object) =>
    judge(
      'post',
      '/api/refreshes',
      await fetch(`${url}/api/refreshes`, { method: 'POST', headers, body: JSON.stringify(body) }),
    )
  expect(await request({ companyId: 'acme' })).toEqual(said(202))
  expect(await request({})).toEqual(said(400))
})
