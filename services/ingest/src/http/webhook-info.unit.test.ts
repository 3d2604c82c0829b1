import { expect, test } from 'vitest'
import { lushaAdapter } from '../adapters/lusha.ts'
import { createScheme } from '../schemes/create-scheme.ts'
import { createSources } from '../sources/sources.ts'
import { webhookInfo } from './webhook-info.ts'

test('names the sources that may post to the address for all, and nobody else’s', () => {
  const ownSecrets = ['the-secret-of-a-source']
  const sources = createSources(
    [
      { name: 'test', ownSecrets, companyIdPrefix: '' },
      { name: 'github', scheme: createScheme({ type: 'github' }), ownSecrets, companyIdPrefix: '' },
      { name: 'lusha', adapter: lushaAdapter, ownSecrets, companyIdPrefix: '' },
    ],
    [],
  )
  expect(JSON.parse(String(webhookInfo(sources).body)).sources).toEqual(['test'])
})
