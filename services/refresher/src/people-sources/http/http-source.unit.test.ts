import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'
import { describe, expect, test } from 'vitest'
import { inTurn, json, startLocalProvider } from '../test-kit/local-provider.ts'
import { describePeopleSource } from '../test-kit/people-source-contract.ts'
import { MAPPING, openTestSource, providerRow, sourcedRow, TOKEN } from '../test-kit/test-source.ts'

const PAGE_SIZE = 100

/** A provider that pages by number, keeps what it is told and lists it newest first. */
async function openProvider() {
  const provider = await startLocalProvider()
  const companies = new Map<string, SourcedPerson[]>()
  provider.answer((request, response) => {
    const url = new URL(request.url ?? '', provider.url)
    const [, , , companyId = ''] = url.pathname.split('/')
    const people = companies.get(decodeURIComponent(companyId))
    if (people === undefined) return json({ error: 'no such company' }, 404)(request, response)
    const from = (Number(url.searchParams.get('page')) - 1) * PAGE_SIZE
    const rows = people
      .toReversed()
      .slice(from, from + PAGE_SIZE)
      .map(({ sourceId, ...person }) => ({ ...person, id: sourceId.slice('crm:'.length) }))
    json({ people: rows })(request, response)
  })
  const mapping = {
    ...MAPPING,
    fields: {
      id: 'id',
      name: 'name',
      email: 'email',
      title: 'title',
      department: 'department',
      active: 'active',
      updatedAt: 'updatedAt',
    },
    pagination: { kind: 'page', parameter: 'page', size: PAGE_SIZE },
  }
  const put = async (companyId: string, people: readonly SourcedPerson[]) => {
    companies.set(companyId, [...(companies.get(companyId) ?? []), ...people])
  }
  return { source: openTestSource(provider.url, { mapping }).source, put }
}

describePeopleSource('an HTTP provider', openProvider)

const open = async (mapping: object = {}) => {
  const provider = await startLocalProvider()
  return { provider, ...openTestSource(provider.url, { mapping: { ...MAPPING, ...mapping } }) }
}

describe('one page', () => {
  test('is asked for with token and key, and read as the mapping says', async () => {
    const { provider, find, counted } = await open()
    provider.answer(json({ people: [providerRow(7), providerRow('x', { contact: null, job: { title: ' ' } })] }))
    expect(await find()).toEqual([sourcedRow(7), sourcedRow('x', { email: null, title: null, department: null })])
    expect(provider.asked).toMatchObject([
      {
        url: '/v1/companies/acme/people',
        headers: { authorization: `Bearer ${TOKEN}`, 'idempotency-key': 'refresh-1', accept: 'application/json' },
      },
    ])
    expect(await counted('people_source_requests_total')).toEqual({ page: 1 })
    expect(await counted('people_source_rows_total')).toEqual({ taken: 2 })
    expect(await counted('people_source_companies_total')).toEqual({ found: 1 })
  })

  test('is asked for with the mapping’s query and headers, the company encoded, the token where it belongs', async () => {
    const request = {
      path: '/search/{companyId}',
      query: { name: '{companyName}', limit: '5' },
      headers: { 'X-Api-Version': '2' },
      companyIdPrefix: 'li:',
    }
    const { provider, find } = await open({ request, token: { header: 'X-Api-Key' } })
    await find('li:a/b?c')
    expect(provider.asked).toMatchObject([
      {
        url: '/search/a%2Fb%3Fc?name=Acme+%26+S%C3%B6hne&limit=5',
        headers: { 'x-api-version': '2', 'x-api-key': TOKEN },
      },
    ])
    expect(provider.asked[0]?.headers.authorization).toBeUndefined()
  })

  test('is not asked for where the provider cannot know the company', async () => {
    const { provider, find, counted } = await open({ request: { path: '/{companyId}', companyIdPrefix: 'li:' } })
    for (const companyId of ['acme', 'li:', 'li:..', 'li:.']) expect(await find(companyId)).toEqual([])
    expect(provider.asked).toEqual([])
    expect(await counted('people_source_companies_total')).toEqual({ not_asked: 4 })
  })

  test('carries the key of a company in any script', async () => {
    const { provider, find } = await open()
    await find('ä', { idempotencyKey: 'loadPeople:ä 🦊' })
    expect(provider.asked[0]?.headers['idempotency-key']).toBe('loadPeople:%C3%A4%20%F0%9F%A6%8A')
  })

  test('is read where it came compressed', async () => {
    const { gzipSync } = await import('node:zlib')
    const { provider, find } = await open()
    provider.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.api+json', 'content-encoding': 'gzip' })
      response.end(gzipSync(JSON.stringify({ people: [providerRow(1)] })))
    })
    expect(await find()).toEqual([sourcedRow(1)])
  })

  test('of a company that the provider does not know is none', async () => {
    const { provider, find, counted } = await open()
    for (const status of [404, 410, 204]) {
      provider.answer((_request, response) => response.writeHead(status).end())
      expect(await find()).toEqual([])
    }
    expect(await counted('people_source_companies_total')).toEqual({ none: 3 })
  })

  test('is followed to another address of the same origin, with the token', async () => {
    const { provider, find } = await open()
    provider.answer(
      inTurn(
        (_request, response) => response.writeHead(301, { location: '/v2/acme' }).end(),
        json({ people: [providerRow(1)] }),
      ),
    )
    expect(await find()).toEqual([sourcedRow(1)])
    expect(provider.asked[1]).toMatchObject({ url: '/v2/acme', headers: { authorization: `Bearer ${TOKEN}` } })
  })
})

describe('requests', () => {
  test('take a turn each, pages and redirects included', async () => {
    const provider = await startLocalProvider()
    const mapping = { ...MAPPING, pagination: { kind: 'link' } }
    const { find, pauses } = openTestSource(provider.url, { mapping, env: { PEOPLE_SOURCE_RATE: '1' } })
    provider.answer(
      inTurn(
        (_request, response) => response.writeHead(302, { location: '/p1' }).end(),
        json({ people: [providerRow(1)] }, 200, { link: '</p2>; rel=next' }),
        json({ people: [providerRow(2)] }),
      ),
    )
    expect(await find()).toHaveLength(2)
    expect(pauses).toHaveLength(2)
    for (const ms of pauses) expect(ms).toBeGreaterThan(500)
  })

  test('that wait for their place are ended by the deadline', async () => {
    const provider = await startLocalProvider()
    const guard = { run: () => new Promise<never>(() => {}) }
    const env = { PEOPLE_SOURCE_TIMEOUT: '10ms', PEOPLE_SOURCE_DEADLINE: '20ms' }
    const { find } = openTestSource(provider.url, { env, guard })
    await expect(find()).rejects.toMatchObject({ code: 'people_source_unavailable', fate: 'unavailable' })
  })
})

describe('a paged list', () => {
  const pages = [[providerRow(3), providerRow(1)], [providerRow(2)], [providerRow(4)]]
  const everybody = [1, 2, 3, 4].map((id) => sourcedRow(id))

  test('is read by cursors', async () => {
    const { provider, find } = await open({ pagination: { kind: 'cursor', parameter: 'after', next: 'meta.next' } })
    provider.answer(
      inTurn(
        json({ people: pages[0], meta: { next: 'c=2&x' } }),
        json({ people: pages[1], meta: { next: 3 } }),
        json({ people: pages[2], meta: { next: null } }),
      ),
    )
    expect(await find()).toEqual(everybody)
    expect(provider.asked.map(({ url }) => url)).toEqual([
      '/v1/companies/acme/people',
      '/v1/companies/acme/people?after=c%3D2%26x',
      '/v1/companies/acme/people?after=3',
    ])
    expect(provider.asked.map(({ headers }) => headers['idempotency-key'])).toEqual([
      'refresh-1',
      'refresh-1-page-2',
      'refresh-1-page-3',
    ])
  })

  test('is read by page numbers, up to the first page that is not full', async () => {
    const { provider, find } = await open({ pagination: { kind: 'page', parameter: 'p', size: 2 } })
    provider.answer(inTurn(json({ people: pages[0] }), json({ people: pages[1] })))
    expect(await find()).toEqual([1, 2, 3].map((id) => sourcedRow(id)))
    expect(provider.asked.map(({ url }) => url.split('?')[1])).toEqual(['p=1', 'p=2'])
  })

  test('is read by offsets, up to an empty page or one that is not there', async () => {
    for (const last of [json({ people: [] }), json({}, 404)]) {
      const { provider, find } = await open({ pagination: { kind: 'page', parameter: 'offset', first: 0, step: 2 } })
      provider.answer(inTurn(json({ people: pages[0] }), json({ people: pages[1] }), last))
      expect(await find()).toEqual([1, 2, 3].map((id) => sourcedRow(id)))
      expect(provider.asked.map(({ url }) => url.split('?')[1])).toEqual(['offset=0', 'offset=2', 'offset=4'])
    }
  })

  test('is read by Link headers', async () => {
    const { provider, find } = await open({ pagination: { kind: 'link' } })
    const link = (text: string) => ({ link: text })
    provider.answer(
      inTurn(
        json({ people: pages[0] }, 200, link('</first>; rel="first", </v1/p2?a=1,2>; title="x"; rel="last next"')),
        json({ people: pages[1] }, 200, link(`<${provider.url}/v1/p3>;rel=next`)),
        json({ people: pages[2] }, 200, link('</v1/p2>; rel="prev"')),
      ),
    )
    expect(await find()).toEqual(everybody)
    expect(provider.asked.map(({ url }) => url)).toEqual(['/v1/companies/acme/people', '/v1/p2?a=1,2', '/v1/p3'])
  })

  test('is read by the addresses that the answers name', async () => {
    const { provider, find } = await open({ pagination: { kind: 'nextUrl', next: '/links/next' } })
    provider.answer(
      inTurn(
        json({ people: pages[0], links: { next: '?page=b' } }),
        json({ people: pages[1], links: { next: `${provider.url}/v1/p3#part` } }),
        json({ people: pages[2], links: {} }),
      ),
    )
    expect(await find()).toEqual(everybody)
    expect(provider.asked.map(({ url }) => url)).toEqual([
      '/v1/companies/acme/people',
      '/v1/companies/acme/people?page=b',
      '/v1/p3',
    ])
  })

  test('that shifts while it is read gives everybody once, with the newest row', async () => {
    const { provider, find } = await open({ pagination: { kind: 'page', parameter: 'p', size: 1 } })
    const newer = providerRow(1, { updated: '2026-01-11T00:00:00Z', job: { title: 'CEO' } })
    provider.answer(inTurn(json({ people: [newer] }), json({ people: [providerRow(1)] }), json({ people: [] })))
    expect(await find()).toMatchObject([{ sourceId: 'crm:1', title: 'CEO' }])
  })
})
