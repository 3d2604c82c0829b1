import { describe, expect, test } from 'vitest'
import { findUrlProblem } from './find-url-problem.ts'
import { firstUrl } from './first-url.ts'
import { nextOfLink } from './link-header.ts'
import { mappingSchema } from './mapping.ts'

describe('a base URL', () => {
  test.each([
    'https://api.example.com',
    'https://api.example.com:8443/v2/',
    'http://127.0.0.1:3000',
    'http://127.1/',
    'http://localhost',
    'http://[::1]:80',
  ])('may be %s', (text) => {
    expect(findUrlProblem(text)).toBeUndefined()
  })

  test.each([
    ['expected an https:// address', 'api.example.com'],
    ['expected an https:// address', 'ftp://api.example.com'],
    ['only on loopback', 'http://api.example.com'],
    ['only on loopback', 'http://127.0.0.1.example.com'],
    ['only on loopback', 'http://localhost.example.com'],
    ['only on loopback', 'http://169.254.169.254/latest'],
    ['no credentials', 'https://user@api.example.com'],
    ['no credentials', 'https://:secret@api.example.com'],
    ['no query', 'https://api.example.com/?key=1'],
    ['no query', 'https://api.example.com/?'],
    ['no query and no fragment', 'https://api.example.com/#a'],
  ])('is refused with "%s": %s', (words, text) => {
    expect(findUrlProblem(text)).toContain(words)
  })
})

describe("a company's address", () => {
  const mappingOf = (request: object, pagination: object = { kind: 'none' }) =>
    mappingSchema.parse({ source: 'crm', request, list: '', fields: { id: 'id', name: 'name' }, pagination })
  const at = (companyId: string, request: object, companyName: string | null = 'Acme') =>
    firstUrl(new URL('https://api.example.com/v2/'), mappingOf(request), { companyId, companyName })?.href ?? null

  test('is below the base, with the company as one part of it', () => {
    expect(at('a/../b?c#d%2e', { path: '/c/{companyId}/people' })).toBe(
      'https://api.example.com/v2/c/a%2F..%2Fb%3Fc%23d%252e/people',
    )
  })

  test('never leaves the path that the mapping gives, nor the host', () => {
    for (const companyId of ['..', '.']) expect(at(companyId, { path: '/c/{companyId}/people' })).toBeNull()
    expect(at('evil.example.com', { path: '//{companyId}/x' })).toBe('https://api.example.com/v2//evil.example.com/x')
    expect(at('@evil.example.com', { path: '/{companyId}' })).toBe('https://api.example.com/v2/%40evil.example.com')
  })

  test('names the company where the mapping asks for it, and there is none for a company without a name', () => {
    const request = { path: '/search', query: { q: 'name:{companyName} id:{companyId}' } }
    expect(at('7', request, ' Ac&me ')).toBe('https://api.example.com/v2/search?q=name%3AAc%26me+id%3A7')
    expect(at('7', request, null)).toBeNull()
    expect(at('7', request, ' ')).toBeNull()
  })

  test('does not take what a company is called for a placeholder', () => {
    expect(at('{companyName}', { path: '/{companyId}' })).toBe('https://api.example.com/v2/%7BcompanyName%7D')
    expect(at('$&', { path: '/{companyId}' })).toBe('https://api.example.com/v2/%24%26')
  })
})

describe('a Link header', () => {
  test.each([
    [null, null],
    ['', null],
    ['</a>; rel="prev"', null],
    ['</a>; rel="next"', '/a'],
    ['</a>;rel=next', '/a'],
    ['</a>; REL="Next last"', '/a'],
    ['</a>; rel="prev", </b?x=1,2;3>; title="n; e"; rel="next"', '/b?x=1,2;3'],
    ['</a>; rel="nextish"', null],
    ['</a>; xrel="next"', null],
    ['</a', null],
  ])('%s leads to %s', (header, target) => {
    expect(nextOfLink(header)).toBe(target)
  })

  test('as long as headers may be is read at once', () => {
    expect(nextOfLink(`<${'<'.repeat(16_000)}`)).toBeNull()
    expect(nextOfLink(`<a>${'; rel = '.repeat(2_000)}`)).toBeNull()
    expect(nextOfLink(`<a>;${' '.repeat(16_000)}`)).toBeNull()
  })
})
