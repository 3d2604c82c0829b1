import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { json } from '../answer.ts'
import { createSources } from '../sources/sources.ts'
import { takeWebhooksFirst } from './take-webhooks-first.ts'
import { createWebhookRoutes } from './webhook-routes.ts'

const sources = createSources([{ name: 'test', ownSecrets: [], companyIdPrefix: '' }], ['the-common-secret'])

/** The route that takes a request, or `express`. */
function taker(method: string, url: string): string {
  let taken = ''
  const serve = (route: string) => async () => {
    taken = route
  }
  const findRoute = createWebhookRoutes({
    sources: () => sources,
    receiveWebhook: async () => json(200, {}),
    now: () => 0,
  })
  const listener = takeWebhooksFirst(findRoute, serve, () => {
    taken = 'express'
  })
  listener({ method, url } as IncomingMessage, {} as ServerResponse<IncomingMessage> & { req: IncomingMessage })
  return taken
}

test.each(['/api/webhooks/person-change', '/api/webhooks/test'])('a POST to %s is taken', (url) => {
  expect(taker('POST', url)).toBe(url)
})

test.each([
  ['GET', '/api/webhooks/person-change'],
  ['OPTIONS', '/api/webhooks/person-change'],
  ['PUT', '/api/webhooks/test'],
  ['POST', '/api/webhooks/person-change/'],
  ['POST', '/api/webhooks/person-change?x=1'],
  ['POST', '/api/webhooks/person%2Dchange'],
  ['POST', '/API/webhooks/person-change'],
  ['POST', 'http://ingest/api/webhooks/person-change'],
  ['POST', '/api/webhooks/nobody'],
  ['POST', '/api/webhooks/__proto__'],
  ['POST', '/'],
])('%s %s is left to Express', (method, url) => {
  expect(taker(method, url)).toBe('express')
})
