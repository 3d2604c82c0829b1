import { createHash } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { startTestIngest } from '../../test-kit/start-test-ingest.ts'

async function openPage() {
  const { url } = await startTestIngest(onTestFinished)
  const response = await fetch(`${url}/docs`)
  const html = await response.text()
  const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address)
  const assets = addresses.filter((address) => address.startsWith('/docs/'))
  return { url, response, html, addresses, assets }
}

test('the page refers to nothing elsewhere, and its policy allows neither that nor inline scripts and styles', async () => {
  const { response, html, addresses, assets } = await openPage()
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const policy = response.headers.get('content-security-policy')
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
  expect(policy).not.toMatch(/unsafe|https?:|\*/)
  expect(html).not.toMatch(/<style|style=|<script(?! src)|\son\w+=/)
  expect(assets).toHaveLength(4)
  expect(addresses.filter((address) => !assets.includes(address))).toEqual(['data:,', '/openapi.json'])
})

test('its scripts and styles come with their types, are kept for ever, and compressed where that is understood', async () => {
  const { url, assets } = await openPage()
  for (const asset of assets) {
    const plain = await fetch(url + asset, { headers: { 'accept-encoding': 'identity' } })
    expect(plain.status).toBe(200)
    expect(plain.headers.get('content-type')).toBe(
      asset.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8',
    )
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const bytes = Buffer.from(await plain.arrayBuffer())
    expect(bytes.length).toBeGreaterThan(100)
    // fetch has decompressed it: equal bytes under the header show that both forms are one.
    const compressed = await fetch(url + asset)
    expect(compressed.headers.get('content-encoding')).toBe('gzip')
    expect(digest(Buffer.from(await compressed.arrayBuffer()))).toBe(digest(bytes))
  }
})

test('the script asks for the document of this server alone', async () => {
  const { url, assets } = await openPage()
  const script = await (await fetch(url + assets.find((asset) => asset.endsWith('docs-page.js')))).text()
  expect(script).toContain("url: '/openapi.json'")
  expect(script).toContain('validatorUrl: null')
  expect(script).not.toMatch(/https?:/)
})

test.each([
  (asset: string) => asset.replace(/[0-9a-f]{16}/, '0'.repeat(16)),
  (asset: string) => asset.replace(/[^/]*$/, 'package.json'),
  (asset: string) => asset.replace(/[^/]*$/, '..%2f..%2fpackage.json'),
  () => '/docs/constructor/constructor',
])('only the files of the page are served (%#)', async (change) => {
  const { url, assets } = await openPage()
  const response = await fetch(url + change(assets[0] ?? ''))
  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
})

test('whoever is about to send events is told of it', async () => {
  const { url } = await openPage()
  const info = (await (await fetch(`${url}/api/webhooks/person-change`)).json()) as { links: object }
  expect(info.links).toMatchObject({ documentation: '/docs', openapi: '/openapi.json' })
})

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
