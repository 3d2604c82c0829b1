import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MAX_BODY_BYTES } from '@buyer-group/ingest/limits.ts'
import { nativeScheme } from '@buyer-group/ingest/schemes/native.ts'
import type { SignedRequest } from '@buyer-group/ingest/schemes/scheme.ts'
import { createSources } from '@buyer-group/ingest/sources/sources.ts'
import express from 'express'

/**
 * The yardsticks of the ingest benchmark: a server that verifies the signature with the same code and does nothing else,
 * on bare node:http, or with the argument `express` the way Express documents for raw bodies. Prints its port.
 */
const sources = createSources([], [process.env.WEBHOOK_SECRET ?? ''])
const answer = JSON.stringify({ status: 'accepted', eventId: 'verified-only' })

const statusOf = (request: SignedRequest) =>
  nativeScheme.verify(request, sources.allSecrets, Date.now()).ok ? 202 : 401

const bare: RequestListener = (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { method = '', url: target = '', headers } = request
    const status = statusOf({ method, target, headers, body: Buffer.concat(chunks) })
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': answer.length })
    response.end(answer)
  })
}

function throughExpress(): RequestListener {
  const app = express()
  app.disable('x-powered-by')
  app.post('/api/webhooks/person-change', express.raw({ type: '*/*', limit: MAX_BODY_BYTES }), (request, response) => {
    const { method, url: target, headers, body } = request
    response.status(statusOf({ method, target, headers, body })).type('json').send(answer)
  })
  return app
}

const server = createServer(process.argv[2] === 'express' ? throughExpress() : bare)
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.once('SIGTERM', () => process.exit(0))
