import type { Adapter } from '../../adapters/adapter.ts'
import { ADAPTERS } from '../../adapters/adapters.ts'
import { createScheme, type SchemeConfig } from '../../schemes/create-scheme.ts'
import { createSources, type SourceDefinition, type Sources } from '../../sources/sources.ts'
import { EXAMPLE_SECRET } from './describe-scheme.ts'

const PUBLIC_URL = 'https://ingest.example.com'

/** One of each other scheme with the options it needs. */
const SCHEMES: readonly SchemeConfig[] = [
  { type: 'native' },
  { type: 'standard-webhooks' },
  { type: 'linkedin' },
  { type: 'github' },
  { type: 'stripe', header: 'stripe-signature' },
  {
    type: 'hmac',
    header: 'x-example-signature',
    algorithm: 'sha256',
    encoding: 'base64',
    prefix: '',
    template: '{id}.{timestamp}.{body}',
    timestampHeader: 'x-example-timestamp',
    timestampUnit: 's',
    idHeader: 'x-example-id',
  },
  { type: 'header-secret', header: 'x-api-key' },
  { type: 'path-secret' },
]

/** Providers with a format of their own, and how each proves itself (docs/webhook-sources.md, "Formats"). */
const PROVIDERS: readonly (readonly [format: keyof typeof ADAPTERS, scheme: SchemeConfig])[] = [
  ['lusha', { type: 'lusha' }],
  ['hubspot', { type: 'hubspot', publicUrl: PUBLIC_URL }],
  ['coresignal', { type: 'header-secret', header: 'x-api-key' }],
  ['people-data-labs', { type: 'path-secret' }],
  ['crustdata', { type: 'path-secret' }],
]

/** A source of every scheme and every format: what the published document describes (schemas/openapi.json). */
export function catalogueSources(): Sources {
  const ofProviders = PROVIDERS.map(([name, scheme]) => define(name, scheme, ADAPTERS[name]))
  const ofSchemes = SCHEMES.map((scheme) => define(scheme.type, scheme))
  return createSources([...ofSchemes, ...ofProviders], [])
}

function define(name: string, scheme: SchemeConfig, adapter: Adapter = ADAPTERS.native): SourceDefinition {
  return { name, scheme: createScheme(scheme), adapter, ownSecrets: [EXAMPLE_SECRET], companyIdPrefix: '' }
}
