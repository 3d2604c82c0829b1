import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nativeScheme } from '@buyer-group/ingest/schemes/native.ts'
import { createSources } from '@buyer-group/ingest/sources/sources.ts'

/**
 * The yardstick of the ingest benchmark: a bare node:http server that verifies the signature with the same code and does
 * nothing else. Prints its port.
 */
const sources = createSources([], [process.env.WEBHOOK_SECRET ?? ''])
const answer = JSON.stringify({ status: 'accepted', eventId: 'verified-only' })

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { method = '', url: target = '', headers } = request
    const signed = { method, target, headers, body: Buffer.concat(chunks) }
    const { ok } = nativeScheme.verify(signed, sources.allSecrets, Date.now())
    response.writeHead(ok ? 202 : 401, { 'content-type': 'application/json', 'content-length': answer.length })
    response.end(answer)
  })
})

server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.once('SIGTERM', () => process.exit(0))
