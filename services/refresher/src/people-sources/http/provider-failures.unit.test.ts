import type { RequestListener } from 'node:http'
import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { closedAddress, inTurn, json, startLocalProvider } from '../test-kit/local-provider.ts'
import { MAPPING, openTestSource, PRIVATE, providerRow, sourcedRow } from '../test-kit/test-source.ts'
import { MAX_ATTEMPTS } from './ask-for-page.ts'
import { OUTAGE_COMPANIES } from './outages.ts'

const open = async (given: { mapping?: object; env?: Record<string, string> } = {}) => {
  const provider = await startLocalProvider()
  return { provider, ...openTestSource(provider.url, { ...given, mapping: { ...MAPPING, ...given.mapping } }) }
}

/** What a call failed with, once it is sure that nothing of it tells the token, people or an address. */
async function failureOf(call: Promise<unknown>): Promise<AppError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof AppError)) throw new Error(`no AppError: ${inspect(error)}`)
  const told = inspect(error, { depth: 10 }) + JSON.stringify(describeError(error))
  for (const word of [...PRIVATE, 'http://', '127.0.0.1', 'acme'])
    expect(told.replaceAll(/file:\S+/g, '')).not.toContain(word)
  return error
}

const body =
  (content: string | Buffer, type = 'application/json', headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': type, ...headers }).end(content)
  }

const onePage = json({ people: [providerRow(1)] })
const status = (code: number, headers: Record<string, string> = {}) => json({ error: PRIVATE.join(' ') }, code, headers)

const MANY = Array.from({ length: OUTAGE_COMPANIES }, (_, index) => `company-${index}`)

/** What asking for each of these companies, one after the other, fails with. */
async function failuresOf(find: (companyId: string) => Promise<unknown>, companies: readonly string[] = MANY) {
  const failures: AppError[] = []
  for (const company of companies) failures.push(await failureOf(find(company)))
  return failures
}

describe('a provider that is away', () => {
  test('for a moment is asked again, with the same key', async () => {
    const { provider, find, pauses } = await open()
    provider.answer(inTurn(status(500), status(503), onePage))
    expect(await find()).toEqual([sourcedRow(1)])
    expect(provider.asked.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(3).fill('refresh-1'))
    expect(pauses).toEqual([125, 250])
  })

  test('for several companies in a row, with nobody served between, is no reason to set the next ones aside', async () => {
    const { provider, find } = await open()
    provider.answer(status(502))
    const last = (await failuresOf(find)).at(-1)
    expect(last).toMatchObject({ code: 'people_source_unavailable', fate: 'unavailable' })
    expect(last?.message).toBe('people source: answered 502')
    // And then neither the first ones, which were set aside.
    expect(await failureOf(find(MANY[0]))).toMatchObject({ code: 'people_source_unavailable', fate: 'unavailable' })
  })

  test('is left alone once it has failed five times in a row', async () => {
    const { provider, find } = await open()
    provider.answer(status(500))
    await failuresOf(find)
    await failureOf(find())
    const asked = provider.asked.length
    expect(asked).toBe((OUTAGE_COMPANIES - 1) * MAX_ATTEMPTS + 5)
    expect(await failureOf(find())).toMatchObject({ code: 'people_source_unavailable', fate: 'unavailable' })
    expect(provider.asked).toHaveLength(asked)
  })

  test('by resetting connections, before or within the answer, fails for a company alone at first', async () => {
    const resets: RequestListener[] = [
      (request) => request.socket.resetAndDestroy(),
      (request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.write('{"people":[', () => request.socket.resetAndDestroy())
      },
    ]
    for (const reset of resets) {
      const { provider, find } = await open()
      provider.answer(reset)
      expect(await failureOf(find())).toMatchObject({ code: 'people_source_failed', fate: 'retryable' })
      provider.answer(onePage)
      expect(await find()).toEqual([sourcedRow(1)])
    }
  })

  test('because nobody listens is unavailable', async () => {
    const { find } = openTestSource(await closedAddress())
    const error = await failureOf(find())
    expect(error).toMatchObject({ code: 'people_source_unreachable', fate: 'unavailable' })
    expect(error.message).toContain('ECONNREFUSED')
  })
})

describe('a company that the provider cannot serve', () => {
  const poison =
    (listener: RequestListener): RequestListener =>
    (request, response) =>
      (request.url?.includes('poison') ? listener : onePage)(request, response)

  test.each<[string, RequestListener]>([
    ['an error of its own', status(500)],
    ['a reset', (request) => request.socket.resetAndDestroy()],
    ['a refusal', status(403)],
    ['a page without end', body('', 'application/json', { 'content-length': '1' })],
  ])('because that answers with %s is set aside, and all others are served', async (_what, listener) => {
    const { provider, find } = await open({ env: { PEOPLE_SOURCE_TIMEOUT: '60ms' } })
    provider.answer(poison(listener))
    for (let round = 0; round < 3; round += 1) {
      const failing = failureOf(find('poison'))
      expect(await find('globex')).toEqual([sourcedRow(1)])
      expect(await failing).toMatchObject({ fate: 'retryable' })
      expect(await find('initech')).toEqual([sourcedRow(1)])
    }
  })

  test('alone, and again and again, opens the circuit for nobody', async () => {
    const { provider, find, counted } = await open()
    provider.answer(poison(status(500)))
    for (const error of await failuresOf(find, Array(5).fill('poison'))) {
      expect(error).toMatchObject({ code: 'people_source_failed', fate: 'retryable' })
      expect(error.message).toBe('people source: answered 500')
    }
    expect(provider.asked).toHaveLength(5 * MAX_ATTEMPTS)
    expect(await find('globex')).toEqual([sourcedRow(1)])
    expect(await counted('people_source_requests_total')).toEqual({ people_source_failed: 5 * MAX_ATTEMPTS, page: 1 })
  })
})

describe('a slow provider', () => {
  const soon = { PEOPLE_SOURCE_TIMEOUT: '60ms' }

  test.each<[string, RequestListener]>([
    ['that says nothing at all', () => {}],
    [
      'that falls silent after its headers',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.flushHeaders()
      },
    ],
    [
      'that drips its answer for ever',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const timer = setInterval(() => response.write(' '), 5)
        response.on('close', () => clearInterval(timer))
      },
    ],
  ])('%s is given up in time, and its connections are closed', async (_how, listener) => {
    const { provider, find } = await open({ env: soon })
    const closed: Promise<unknown>[] = []
    provider.answer((request, response) => {
      closed.push(new Promise((resolve) => response.on('close', resolve)))
      listener(request, response)
    })
    expect(await failureOf(find())).toMatchObject({ code: 'people_source_failed', fate: 'retryable' })
    expect(closed).toHaveLength(MAX_ATTEMPTS)
    await Promise.all(closed)
  })

  test('that never answers is left alone after five requests, those that a deadline ended included', async () => {
    const env = { PEOPLE_SOURCE_TIMEOUT: '60ms', PEOPLE_SOURCE_DEADLINE: '80ms', PEOPLE_SOURCE_CONCURRENCY: '1' }
    const { provider, find } = await open({ env })
    provider.answer(() => {})
    // The second of each pair has its place only shortly before its deadline.
    for (let pair = 0; pair < 8; pair += 1) await Promise.all([failureOf(find('acme')), failureOf(find('globex'))])
    expect(provider.asked).toHaveLength(5)
  })

  test('with too many pages for the deadline fails for this company alone, and what was read is not asked for again', async () => {
    // The third page is asked for so late that the deadline comes well before its time-out, also on a busy machine.
    const env = { PEOPLE_SOURCE_TIMEOUT: '1900ms', PEOPLE_SOURCE_DEADLINE: '2s' }
    const { provider, find } = await open({ env, mapping: { pagination: { kind: 'page', parameter: 'p', size: 1 } } })
    const pageOf = (url = '') => Number(new URL(url, provider.url).searchParams.get('p'))
    let isSlow = true
    provider.answer((request, response) => {
      const page = pageOf(request.url)
      if (page === 3 && isSlow) return
      const answer = () => json({ people: page > 4 ? [] : [providerRow(page)] })(request, response)
      if (page === 2 && isSlow) setTimeout(answer, 900)
      else answer()
    })
    const error = await failureOf(find())
    expect(error).toMatchObject({ code: 'people_source_too_large', fate: 'retryable' })
    expect(error.message).toContain('PEOPLE_SOURCE_DEADLINE')

    isSlow = false
    const before = provider.asked.length
    expect(await find()).toEqual([1, 2, 3, 4].map((page) => sourcedRow(page)))
    expect(provider.asked.slice(before).map(({ url }) => pageOf(url))).toEqual([3, 4, 5])
    expect(provider.asked.at(-1)?.headers['idempotency-key']).toBe('refresh-1-page-5')
    // Another refresh has nothing of it.
    await find('acme', { idempotencyKey: 'refresh-2' })
    expect(provider.asked.map(({ url }) => pageOf(url)).slice(-5)).toEqual([1, 2, 3, 4, 5])
  })

  test('that fails after some pages is asked for the rest alone once it answers again', async () => {
    const mapping = { pagination: { kind: 'cursor', parameter: 'c', next: 'next' } }
    const { provider, find } = await open({ mapping })
    const first = json({ people: [providerRow(1)], next: 'b' })
    provider.answer(inTurn(first, status(500)))
    await failureOf(find())
    const before = provider.asked.length
    provider.answer(json({ people: [providerRow(2)] }))
    expect(await find()).toEqual([sourcedRow(1), sourcedRow(2)])
    expect(provider.asked.slice(before).map(({ url }) => url.split('?')[1])).toEqual(['c=b'])
  })

  test('whose next page makes no sense is read from the first page again', async () => {
    const mapping = { pagination: { kind: 'cursor', parameter: 'c', next: 'next' } }
    const { provider, find } = await open({ mapping })
    provider.answer(inTurn(json({ people: [providerRow(1)], next: 'b' }), body('no JSON')))
    await failureOf(find())
    provider.answer(json({ people: [providerRow(2)] }))
    expect(await find()).toEqual([sourcedRow(2)])
  })
})

describe('a provider that throttles', () => {
  test('is asked again no sooner than it says, in seconds or as a date', async () => {
    for (const retryAfter of [() => '7', () => new Date(Date.now() + 7_900).toUTCString()]) {
      for (const code of [429, 503]) {
        const { provider, find, pauses } = await open()
        provider.answer((request, response) =>
          provider.asked.length === 1
            ? status(code, { 'retry-after': retryAfter() })(request, response)
            : onePage(request, response),
        )
        expect(await find()).toEqual([sourcedRow(1)])
        expect(Math.max(...pauses)).toBeGreaterThan(5_900)
        expect(Math.max(...pauses)).toBeLessThanOrEqual(7_900)
      }
    }
  })

  test('beyond the deadline is not waited for: the error says how long, and no company asks it meanwhile', async () => {
    const { provider, find } = await open()
    provider.answer(status(429, { 'retry-after': '120' }))
    const throttled = { code: 'people_source_throttled', fate: 'unavailable' }
    expect(await failureOf(find())).toMatchObject({ ...throttled, retryAfterMs: 120_000 })
    const other = await failureOf(find('globex'))
    expect(other).toMatchObject(throttled)
    expect(Reflect.get(other, 'retryAfterMs')).toBeGreaterThan(119_000)
    expect(provider.asked).toHaveLength(1)
  })

  test('is not asked by calls that waited behind the one that it told so', async () => {
    const { provider, find } = await open({ env: { PEOPLE_SOURCE_CONCURRENCY: '1' } })
    provider.answer(status(429, { 'retry-after': '120' }))
    const errors = await Promise.all(['acme', 'globex', 'initech'].map((company) => failureOf(find(company))))
    expect(errors.map((error) => error.code)).toEqual(Array(3).fill('people_source_throttled'))
    expect(provider.asked).toHaveLength(1)
  })

  test('by an error of one company is left alone for that one, and by an outage for all', async () => {
    const { provider, find } = await open({ env: { PEOPLE_SOURCE_CONCURRENCY: '1' } })
    provider.answer(status(503, { 'retry-after': '120' }))
    const companies = [...MANY, 'globex', 'initech']
    const errors = await Promise.all(companies.map((company) => failureOf(find(company))))
    expect(errors.map(({ code }) => code)).toEqual([
      ...MANY.slice(1).map(() => 'people_source_failed'),
      'people_source_unavailable',
      'people_source_throttled',
      'people_source_throttled',
    ])
    expect(provider.asked).toHaveLength(MANY.length)
  })

  test('without saying how long is asked again with growing waits, and its answers never open the circuit', async () => {
    const { provider, find, pauses } = await open()
    provider.answer(status(429))
    for (let call = 0; call < 3; call += 1) {
      expect(await failureOf(find())).toMatchObject({ code: 'people_source_throttled', fate: 'unavailable' })
    }
    expect(pauses.slice(0, 3)).toEqual([125, 250, 500])
    expect(provider.asked).toHaveLength(3 * MAX_ATTEMPTS)
  })
})

describe('a provider that refuses', () => {
  test.each([402, 403])('a company with %d fails for it alone, until it refuses several in a row', async (code) => {
    const { provider, find } = await open()
    provider.answer(status(code))
    const [first, ...others] = await failuresOf(find)
    expect(first).toMatchObject({ code: 'people_source_forbidden', fate: 'retryable' })
    expect(others.at(-1)).toMatchObject({ code: 'people_source_unauthorized', fate: 'unavailable' })
    expect(provider.asked).toHaveLength(MANY.length)
    provider.answer(onePage)
    await find()
    provider.answer(status(code))
    expect(await failureOf(find(MANY[0]))).toMatchObject({ code: 'people_source_forbidden', fate: 'retryable' })
  })

  test('the token is unavailable, and is not asked again and again', async () => {
    const { provider, find } = await open()
    provider.answer(status(401))
    expect(await failureOf(find())).toMatchObject({ code: 'people_source_unauthorized', fate: 'unavailable' })
    expect(provider.asked).toHaveLength(1)
  })

  test.each([400, 405, 422])('the request with %d fails for this company alone', async (code) => {
    const { provider, find } = await open()
    provider.answer(status(code))
    expect(await failureOf(find())).toMatchObject({ code: 'people_source_rejected', fate: 'retryable' })
    expect(provider.asked).toHaveLength(1)
  })
})

describe('an answer that makes no sense', () => {
  const row = JSON.stringify(providerRow(1))
  test.each<[string, RequestListener]>([
    ['HTML', body('<html>Ada Privat</html>', 'text/html')],
    ['JSON by another name', body(`{"people":[${row}]}`, 'text/plain')],
    ['no type', body(`{"people":[${row}]}`, '')],
    ['cut JSON', body(`{"people":[${row}`)],
    ['nothing', body('')],
    ['bytes that are no UTF-8', body(Buffer.from(`{"people":[${row.replace('Ada', 'Ad\u00e1')}]}`, 'latin1'))],
    ['broken gzip', body('Ada Privat', 'application/json', { 'content-encoding': 'gzip' })],
    ['broken br', body('Ada Privat', 'application/json', { 'content-encoding': 'br' })],
    ['broken zstd', body('Ada Privat', 'application/json', { 'content-encoding': 'zstd' })],
    ['packed six times', body('{}', 'application/json', { 'content-encoding': Array(6).fill('gzip').join(', ') })],
    ['no list', json({ results: [providerRow(1)] })],
    ['an object for a list', json({ people: { 1: providerRow(1) } })],
    ['null for a list', json({ people: null })],
    ['a text', json('Ada Privat')],
    ['rows of other types', json({ people: ['Ada Privat', 7, null, [providerRow(1)], providerRow(1)] })],
    ['no HTTP', (request) => request.socket.end('220 Ada Privat ESMTP\r\n')],
  ])('because it is %s fails for this company alone, at once', async (_what, listener) => {
    const { provider, find } = await open()
    provider.answer(listener)
    expect(await failureOf(find())).toMatchObject({ code: 'people_source_garbage', fate: 'retryable' })
    expect(provider.asked).toHaveLength(1)
  })

  test('leaves no connection behind that was not read to its end', async () => {
    const long = `<html>${'x'.repeat(100_000)}`
    for (const listener of [body(long, 'text/html'), json({ long }, 404), json({ long }, 400)]) {
      const { provider, find } = await open({ env: { PEOPLE_SOURCE_CONCURRENCY: '2', PEOPLE_SOURCE_TIMEOUT: '1s' } })
      const sockets = new Set<unknown>()
      const closed: Promise<unknown>[] = []
      provider.answer((request, response) => {
        if (!sockets.has(request.socket)) {
          sockets.add(request.socket)
          closed.push(new Promise((resolve) => request.socket.once('close', resolve)))
        }
        listener(request, response)
      })
      for (let call = 0; call < 4; call += 1) await find().catch(() => {})
      expect(provider.asked).toHaveLength(4)
      await Promise.all(closed)
    }
  })

  test.each([{ kind: 'cursor', parameter: 'c', next: 'next' }, { kind: 'nextUrl', next: 'next' }, { kind: 'link' }])(
    'because the next page that it names by $kind is not there fails for this company alone',
    async (pagination) => {
      const { provider, find } = await open({ mapping: { pagination } })
      const page = json({ people: [providerRow(1)], next: '/p2' }, 200, { link: '</p2>; rel=next' })
      provider.answer(inTurn(page, status(404)))
      expect(await failureOf(find())).toMatchObject({ code: 'people_source_garbage', fate: 'retryable' })
      expect(provider.asked).toHaveLength(2)
    },
  )

  test('in a few of its rows is taken without them, and they are counted', async () => {
    const { provider, find, counted } = await open()
    const good = Array.from({ length: 8 }, (_, index) => providerRow(index))
    const bad = [providerRow(8, { first: '', last: null }), providerRow(9, { contact: { email: ['Ada Privat'] } })]
    provider.answer(json({ people: [...bad, ...good] }))
    expect(await find()).toHaveLength(8)
    expect(await counted('people_source_rows_total')).toEqual({ taken: 8, unreadable: 2 })
  })

  test('in more than a fifth of its rows fails with the field that cannot be read', async () => {
    const { provider, find } = await open()
    const bad = Array.from({ length: 3 }, (_, index) => providerRow(index, { updated: 'Privat' }))
    provider.answer(json({ people: [...bad, ...Array.from({ length: 9 }, (_, index) => providerRow(index + 3))] }))
    const error = await failureOf(find())
    expect(error).toMatchObject({ code: 'people_source_garbage', fate: 'retryable' })
    expect(error.message).toContain('3 of 12 rows')
    expect(error.message).toContain('updatedAt is no RFC 3339 time')
  })

  test('in the only row of a small company does not keep it from being refreshed', async () => {
    const { provider, find } = await open()
    provider.answer(json({ people: [providerRow(1, { first: null, last: null })] }))
    expect(await find()).toEqual([])
  })
})

describe('an answer that is too large', () => {
  const small = { PEOPLE_SOURCE_MAX_BYTES: '65536' }
  const tooLarge = { code: 'people_source_too_large', fate: 'retryable' }

  test('because it never ends is left as soon as that is sure', async () => {
    const { provider, find } = await open({ env: small })
    let sent = 0
    const closed = Promise.withResolvers<void>()
    provider.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const chunk = Buffer.alloc(16_384, ' ')
      const write = () => {
        sent += chunk.length
        response.write(chunk, (error) => {
          if (!error) setImmediate(write)
        })
      }
      response.on('close', () => closed.resolve())
      write()
    })
    const error = await failureOf(find())
    expect(error).toMatchObject(tooLarge)
    expect(error.message).toContain('PEOPLE_SOURCE_MAX_BYTES')
    await closed.promise
    // What was under way in the sockets' buffers comes on top.
    expect(sent).toBeLessThan(16_000_000)
  })

  test('once it is decompressed is not unpacked whole', async () => {
    const { provider, find } = await open({ env: small })
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576, ' '))
    expect(bomb.length).toBeLessThan(100_000)
    provider.answer(body(bomb, 'application/json', { 'content-encoding': 'gzip' }))
    expect(await failureOf(find())).toMatchObject(tooLarge)
  })

  test('in its headers is refused', async () => {
    const { provider, find } = await open()
    provider.answer(json({ people: [] }, 200, { 'x-large': 'Privat'.repeat(4_000) }))
    expect(await failureOf(find())).toMatchObject(tooLarge)
  })

  test('in its pages or people is refused', async () => {
    const endless: RequestListener = (request, response) =>
      json({ people: [providerRow(1), providerRow(2)] })(request, response)
    const mapping = { pagination: { kind: 'page', parameter: 'p' } }
    for (const [variable, requests] of [
      ['PEOPLE_SOURCE_MAX_PAGES', 5],
      ['PEOPLE_SOURCE_MAX_PEOPLE', 3],
    ] as const) {
      const { provider, find } = await open({ mapping, env: { [variable]: '5' } })
      provider.answer(endless)
      const error = await failureOf(find())
      expect(error).toMatchObject(tooLarge)
      expect(error.message).toContain(variable)
      expect(provider.asked).toHaveLength(requests)
    }
  })

  test('for what is stored of a refresh is left before the next page, with advice that leads somewhere', async () => {
    const { provider, find } = await open({ mapping: { pagination: { kind: 'page', parameter: 'p' } } })
    const job = { title: 'x'.repeat(1_500) }
    provider.answer(json({ people: Array.from({ length: 1_500 }, (_, id) => providerRow(id, { job })) }))
    const error = await failureOf(find())
    expect(error).toMatchObject(tooLarge)
    expect(error.message).toContain('have PEOPLE_SOURCE_MAPPING ask for fewer')
    expect(provider.asked).toHaveLength(2)
  })

  test('because its pages lead in a circle, told apart by fragments alone, is noticed', async () => {
    const { provider, find } = await open({ mapping: { pagination: { kind: 'nextUrl', next: 'next' } } })
    provider.answer((request, response) =>
      json({ people: [providerRow(1)], next: `/same#${provider.asked.length}` })(request, response),
    )
    expect(await failureOf(find())).toMatchObject({ code: 'people_source_garbage', fate: 'retryable' })
    expect(provider.asked).toHaveLength(2)
  })

  test('because its pages lead in a circle is noticed at the first page that comes again', async () => {
    const { provider, find } = await open({ mapping: { pagination: { kind: 'cursor', parameter: 'c', next: 'next' } } })
    provider.answer(json({ people: [providerRow(1)], next: 'same' }))
    expect(await failureOf(find())).toMatchObject({ code: 'people_source_garbage', fate: 'retryable' })
    expect(provider.asked).toHaveLength(2)
  })
})

describe('an answer that leads to another origin', () => {
  const foreign = { code: 'people_source_foreign_url', fate: 'retryable' }
  const others = (other: string, own: string) => [
    other,
    other.replace('127.0.0.1', 'localhost'),
    other.replace('http:', ''),
    own.replace('http:', 'https:'),
    own.replace('//', '//user:password@'),
    'file:///etc/passwd',
    `blob:${own}/x`,
  ]

  test('by a redirect is not followed', async () => {
    const other = await startLocalProvider()
    const { provider, find } = await open()
    for (const location of others(other.url, provider.url)) {
      provider.answer((_request, response) => response.writeHead(302, { location }).end())
      expect(await failureOf(find())).toMatchObject(foreign)
    }
    expect(other.asked).toEqual([])
  })

  test('by its next page is not followed', async () => {
    const other = await startLocalProvider()
    for (const kind of ['link', 'nextUrl'] as const) {
      const pagination = kind === 'link' ? { kind } : { kind, next: 'next' }
      const { provider, find } = await open({ mapping: { pagination } })
      for (const next of others(other.url, provider.url)) {
        provider.answer(json({ people: [providerRow(1)], next }, 200, { link: `<${next}>; rel=next` }))
        expect(await failureOf(find())).toMatchObject(foreign)
      }
    }
    expect(other.asked).toEqual([])
  })

  test('or round and round by redirects is refused', async () => {
    const { provider, find } = await open()
    provider.answer((_request, response) => response.writeHead(307, { location: '/again' }).end())
    expect(await failureOf(find())).toMatchObject({ code: 'people_source_rejected', fate: 'retryable' })
    expect(provider.asked).toHaveLength(4)
  })
})

describe('a call that its caller ends', () => {
  test('rejects with the caller’s reason, closes its connection and asks no more', async () => {
    const { provider, find, counted } = await open()
    const asked = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<void>()
    provider.answer((_request, response) => {
      response.on('close', () => closed.resolve())
      asked.resolve()
    })
    const controller = new AbortController()
    const reason = new Error('no longer wanted')
    const call = expect(find('acme', { signal: controller.signal })).rejects.toBe(reason)
    await asked.promise
    controller.abort(reason)
    await call
    await closed.promise
    expect(provider.asked).toHaveLength(1)
    expect(await counted('people_source_companies_total')).toEqual({ aborted: 1 })
  })
})

test('a call that its caller ends does not make a provider that is away one that is back', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { provider, find } = await open()
  provider.answer(status(500))
  await failuresOf(find, [...MANY, 'globex'])
  const { length: before } = provider.asked
  vi.setSystemTime(Date.now() + 5_000)
  const asked = Promise.withResolvers<void>()
  provider.answer(() => asked.resolve())
  const caller = new AbortController()
  const trying = expect(find('acme', { signal: caller.signal })).rejects.toThrow('ended')
  await asked.promise
  caller.abort(new Error('ended'))
  await trying
  expect(await failureOf(find())).toMatchObject({ code: 'people_source_unavailable', fate: 'unavailable' })
  expect(provider.asked).toHaveLength(before + 1)
})

test('a call that waits for others is ended at once too', async () => {
  const { provider, find } = await open({ env: { PEOPLE_SOURCE_CONCURRENCY: '1' } })
  const asked = Promise.withResolvers<void>()
  provider.answer(() => asked.resolve())
  const [first, second] = [new AbortController(), new AbortController()]
  const running = expect(find('acme', { signal: first.signal })).rejects.toThrow('first')
  await asked.promise
  const waiting = expect(find('globex', { signal: second.signal })).rejects.toThrow('second')
  // By then it has had its turn and stands behind the first.
  await new Promise((resolve) => setImmediate(resolve))
  second.abort(new Error('second'))
  await waiting
  expect(provider.asked).toHaveLength(1)
  first.abort(new Error('first'))
  await running
})

describe('many calls at once', () => {
  test('ask no more at a time than they may, and all get their answer', async () => {
    const { provider, find } = await open({ env: { PEOPLE_SOURCE_CONCURRENCY: '3' } })
    let running = 0
    let most = 0
    provider.answer((request, response) => {
      running += 1
      most = Math.max(most, running)
      // Long enough that whoever may ask besides does.
      setTimeout(() => {
        running -= 1
        onePage(request, response)
      }, 10)
    })
    const found = await Promise.all(Array.from({ length: 30 }, (_, index) => find(`company-${index}`)))
    expect(found).toEqual(Array(30).fill([sourcedRow(1)]))
    expect(most).toBe(3)
  })
})
