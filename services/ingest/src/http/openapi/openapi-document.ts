import { createDocument } from 'zod-openapi'
import type { Sources } from '../../sources/sources.ts'
import { NATIVE_EVENT_SCHEMA_PATH } from '../webhook-info.ts'
import { EXAMPLE_SECRET, EXAMPLE_TIME } from './describe-scheme.ts'
import { operatorPaths } from './operator-paths.ts'
import { anyCallResponse, problemResponses } from './problem-responses.ts'
import { securitySchemes, webhookPaths } from './webhook-paths.ts'

const DESCRIPTION = `
Takes signed changes of persons from data providers, and manual refreshes from operators.

**Send an event:** sign the raw bytes of the body, send exactly those, and send them again on 429, 503 or no answer, with the same id. The signatures in the examples are those of the example's body as JSON without spaces, under the secret \`${EXAMPLE_SECRET}\` at ${new Date(EXAMPLE_TIME).toISOString()}: try your code on them.

**Errors** are \`application/problem+json\` (RFC 9457) with a stable \`code\`. They are checked in this order: address, method, media type, size, signature, JSON, event, source, repeats.
`.trim()

/** The API as OpenAPI 3.1, from the zod schemas that check the requests and the sources that are configured. */
export function openapiDocument(sources: Sources) {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Buyer group refresh: ingest',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This server.' }],
    tags: [
      { name: 'Webhooks', description: 'What providers send.' },
      { name: 'Operators', description: 'Calls with the bearer token.' },
      { name: 'Contract', description: 'What this page says, for programs.' },
    ],
    components: {
      responses: { AnyCall: anyCallResponse() },
      securitySchemes: {
        apiToken: { type: 'http', scheme: 'bearer', description: "The deployment's API_TOKEN." },
        ...securitySchemes(sources),
      },
    },
    paths: {
      ...webhookPaths(sources),
      ...operatorPaths(),
      [NATIVE_EVENT_SCHEMA_PATH]: {
        get: {
          operationId: 'readEventSchema',
          tags: ['Contract'],
          summary: 'The JSON Schema of a native event',
          responses: {
            200: {
              description: 'JSON Schema 2020-12.',
              content: { 'application/schema+json': { schema: { type: 'object' } } },
            },
            ...problemResponses([]),
          },
        },
      },
    },
  })
}
