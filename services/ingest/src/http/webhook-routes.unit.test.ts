import fc from 'fast-check'
import { expect, test } from 'vitest'
import { json } from '../answer.ts'
import { createScheme } from '../schemes/create-scheme.ts'
import { createSources } from '../sources/sources.ts'
import { createWebhookRoutes } from './webhook-routes.ts'

const sources = createSources(
  [
    { name: 'test', ownSecrets: [], companyIdPrefix: '' },
    { name: 'pdl', scheme: createScheme({ type: 'path-secret' }), ownSecrets: ['s'.repeat(32)], companyIdPrefix: '' },
  ],
  ['the-common-secret'],
)
const find = createWebhookRoutes({ sources: () => sources, receiveWebhook: async () => json(200, {}), now: () => 0 })

test('an address has a route only as it is documented, with anything but nothing for a secret in it', () => {
  const piece = fc.constantFrom(
    '/',
    'api',
    'webhooks',
    'test',
    'pdl',
    'person-change',
    '%2f',
    '..',
    '?',
    '{secret}',
    ';',
    's',
  )
  const near = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''))
  const nearer = near.map((end) => `/api/webhooks/${end}`)
  fc.assert(
    fc.property(fc.oneof(nearer, near, fc.string()), (path) => {
      const label = /^\/api\/webhooks\/pdl\/[^/?]+$/.test(path)
        ? '/api/webhooks/pdl/{secret}'
        : ['/api/webhooks/person-change', '/api/webhooks/test'].find((known) => known === path)
      expect(find(path)?.label).toBe(label)
    }),
    { numRuns: 2_000 },
  )
})
