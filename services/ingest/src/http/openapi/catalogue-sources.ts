import { createScheme, type SchemeConfig } from '../../schemes/create-scheme.ts'
import { createSources, type SourceDefinition, type Sources } from '../../sources/sources.ts'
import { EXAMPLE_SECRET } from './describe-scheme.ts'

const PUBLIC_URL = 'https://ingest.example.com'

/** One of each scheme with the options it needs. */
const SCHEMES: readonly SchemeConfig[] = [
  { type: 'native' },
  { type: 'standard-webhooks' },
  { type: 'lusha' },
  { type: 'hubspot', publicUrl: PUBLIC_URL },
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

/** A source of every scheme and every format: what the published document describes (schemas/openapi.json). */
export function catalogueSources(): Sources {
  const definitions = SCHEMES.map((scheme): SourceDefinition => {
    return { name: scheme.type, scheme: createScheme(scheme), ownSecrets: [EXAMPLE_SECRET], companyIdPrefix: '' }
  })
  return createSources(definitions, [])
}
