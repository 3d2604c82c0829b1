import { readFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { openTestSource, providerRow, sourcedRow } from '../test-kit/test-source.ts'

/** A key and its self-signed certificate for 127.0.0.1, of these tests alone. */
const PEM = readFileSync(join(import.meta.dirname, '../test-kit/loopback.pem'), 'utf8')

/** A provider that would rather speak HTTP/2, and the versions that it was spoken to in. */
async function startEncryptedProvider() {
  const versions: string[] = []
  const server = createSecureServer({ key: PEM, cert: PEM, allowHTTP1: true }, (request, response) => {
    versions.push(request.httpVersion)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ people: [providerRow(1)] }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, versions }
}

test('a provider is spoken to in HTTP/1.1 alone, whatever it would rather', async () => {
  const trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, PEM])
  onTestFinished(() => setDefaultCACertificates(trusted))
  const { url, versions } = await startEncryptedProvider()
  expect(await openTestSource(url).find()).toEqual([sourcedRow(1)])
  expect(versions).toEqual(['1.1'])
})

test('a provider whose certificate nobody vouches for is unreachable for everybody', async () => {
  const { url, versions } = await startEncryptedProvider()
  const { find } = openTestSource(url)
  await expect(find()).rejects.toMatchObject({ code: 'people_source_unreachable', fate: 'unavailable' })
  expect(versions).toEqual([])
})
