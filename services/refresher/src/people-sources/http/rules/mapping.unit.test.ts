import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseMapping } from './parse-mapping.ts'
import { toSourcedPerson } from './to-sourced-person.ts'
import { valueAt, valuePath } from './value-path.ts'

const SMALLEST = { source: 'crm', request: { path: '/{companyId}' }, list: '', fields: { id: 'id', name: 'name' } }

const problemOf = (mapping: unknown) => {
  try {
    parseMapping(typeof mapping === 'string' ? mapping : JSON.stringify(mapping))
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}

describe('a mapping', () => {
  test('needs a source, a request, a list, an id and a name, and takes the rest as it mostly is', () => {
    expect(parseMapping(JSON.stringify(SMALLEST))).toEqual({
      source: 'crm',
      request: { path: '/{companyId}', query: {}, headers: {}, companyIdPrefix: '' },
      token: { header: 'authorization', prefix: 'Bearer ' },
      list: [],
      fields: { id: ['id'], name: [['name']], active: { kind: 'constant', constant: true } },
      pagination: { kind: 'none' },
    })
  })

  test.each([
    ['it is no JSON', '{"source":'],
    ['source: expected a name without colons and spaces', { ...SMALLEST, source: 'a:b' }],
    ['Unrecognized key: "lists"', { ...SMALLEST, lists: 'x' }],
    ['fields.id: ', { ...SMALLEST, fields: { name: 'name' } }],
    ['fields.id: expected a path such as a.b or /a/b', { ...SMALLEST, fields: { id: 'a..b', name: 'name' } }],
    ['request.path: expected no placeholder but', { ...SMALLEST, request: { path: '/{companyid}' } }],
    ['request.path: expected {companyId} or {companyName}', { ...SMALLEST, request: { path: '/all' } }],
    ['request.path: expected a path that begins with /', { ...SMALLEST, request: { path: 'https://x/{companyId}' } }],
    ['request.path: expected a path that begins with /', { ...SMALLEST, request: { path: '/{companyId}?a=b' } }],
    [
      'request.headers.Authorization',
      { ...SMALLEST, request: { path: '/{companyId}', headers: { Authorization: 'x' } } },
    ],
    ['request.headers.x', { ...SMALLEST, request: { path: '/{companyId}', headers: { x: 'a\r\nhost: b' } } }],
    ...['Accept', 'user-agent', 'host', 'connection', 'content-length', 'transfer-encoding', 'idempotency-key'].map(
      (header): [string, unknown] => ['token.header: is set by the program', { ...SMALLEST, token: { header } }],
    ),
    ['pagination', { ...SMALLEST, pagination: { kind: 'scroll' } }],
    ['pagination.next', { ...SMALLEST, pagination: { kind: 'cursor', parameter: 'c' } }],
  ])('that is wrong says where: %s', (words, mapping) => {
    expect(problemOf(mapping)).toContain(words)
  })
})

test('the example of the guide is one, and reads what the guide says it reads', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../../../../../docs/people-sources.md'), 'utf8')
  const [, example = ''] = /<!-- mapping -->\n```json\n(.*?)```/s.exec(guide) ?? []
  const row = {
    id: 17,
    first_name: 'Ada',
    last_name: 'Example',
    contact: { work_email: 'ada@example.com' },
    job: { title: 'CFO', department: 'Finance' },
    ended_at: null,
    updated: 1_768_032_000,
  }
  expect(toSourcedPerson(row, parseMapping(example), new Date('2026-01-15T00:00:00Z'))).toEqual({
    ok: true,
    person: {
      sourceId: 'coresignal:17',
      name: 'Ada Example',
      email: 'ada@example.com',
      title: 'CFO',
      department: 'Finance',
      active: true,
      updatedAt: '2026-01-10T08:00:00.000Z',
    },
  })
})

describe('a path to a value', () => {
  test.each([
    ['', { a: 1 }, { a: 1 }],
    ['a.b', { a: { b: 1 } }, 1],
    ['/a/b', { a: { b: 1 } }, 1],
    ['/a~1b/m~0n', { 'a/b': { 'm~n': 1 } }, 1],
    ['/list/1', { list: ['x', 'y'] }, 'y'],
    ['list.0.a', { list: [{ a: 1 }] }, 1],
    ['a.b', { a: null }, undefined],
    ['a.b', { a: 'text' }, undefined],
    ['__proto__', {}, undefined],
    ['constructor.name', {}, undefined],
    ['list.length', { list: [1] }, 1],
  ])('"%s" of %j is %j', (path, document, value) => {
    expect(valueAt(document, valuePath.parse(path))).toEqual(value)
  })

  test('with a ~ that means nothing is refused', () => {
    expect(valuePath.safeParse('/a~2').success).toBe(false)
  })
})
