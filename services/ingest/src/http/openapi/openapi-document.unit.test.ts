import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { ADAPTERS } from '../../adapters/adapters.ts'
import { nativeAdapter } from '../../adapters/native.ts'
import { PROBLEMS } from '../../problems.ts'
import { schemeConfigSchema } from '../../schemes/create-scheme.ts'
import { nativeScheme } from '../../schemes/native.ts'
import { createSources } from '../../sources/sources.ts'
import { compileOpenapi, pointerTo } from '../../test-kit/openapi-schemas.ts'
import { catalogueSources } from './catalogue-sources.ts'
import { EXAMPLE_SECRET, EXAMPLE_TIME } from './describe-scheme.ts'
import { jsonSchemaOfNativeEvent } from './native-event-schema.ts'
import { openapiDocument } from './openapi-document.ts'

const sources = catalogueSources()
const document = JSON.parse(JSON.stringify(openapiDocument(sources)))

const check = compileOpenapi(document)

type Node = Record<string, unknown>

interface Example {
  readonly at: string
  readonly schema: string
  readonly value: unknown
}

/** Everything that has a schema and examples of it, with where both stand as JSON pointers. */
function examplesIn(node: unknown, at: string): Example[] {
  if (typeof node !== 'object' || node === null) return []
  const { schema, example, examples } = node as Node
  if (schema === undefined)
    return Object.entries(node).flatMap(([key, value]) => examplesIn(value, `${at}${pointerTo(key).slice(1)}`))
  const named = Object.entries((examples ?? {}) as Record<string, Node>)
  return [
    ...(example === undefined ? [] : [{ at, schema: `${at}/schema`, value: example }]),
    ...named.map(([name, { value }]) => ({ at: `${at}/examples/${name}`, schema: `${at}/schema`, value })),
  ]
}

const examples = [
  ...examplesIn(document.paths, '#/paths'),
  ...examplesIn(document.components.responses, '#/components/responses'),
]

interface Parameter {
  readonly in: string
  readonly name: string
  readonly example: string
}

interface Operation {
  readonly operationId: string
  readonly parameters: readonly Parameter[]
  readonly requestBody: { readonly content: Record<string, { readonly example: unknown }> }
  readonly responses: Record<string, { readonly content?: Record<string, Node> }>
}

const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
)

test('the document is valid OpenAPI 3.1, and no two operations share a name', async () => {
  const validator = new Validator()
  const result = await validator.validate(structuredClone(document))
  expect(result.errors ?? []).toEqual([])
  expect(validator.version).toBe('3.1')
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
})

test('it is the one that is published', async () => {
  const published = join(import.meta.dirname, '../../../../../schemas/openapi.json')
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(published)
})

test('it names every call', () => {
  expect(Object.keys(document.paths)).toEqual([
    '/api/webhooks/person-change',
    '/api/webhooks/{source}',
    ...sources.names
      .filter((name) => name !== 'native')
      .map((name) => `/api/webhooks/${name}${sources.find(name)?.scheme.name === 'path-secret' ? '/{secret}' : ''}`),
    '/api/refreshes',
    '/api/refreshes/{id}',
    '/api/events/{id}',
    '/api/companies/{id}/buyer-group',
    '/schemas/native-event.json',
  ])
})

test('every scheme and every format is in the catalogue', () => {
  const all = sources.names.map((name) => sources.find(name))
  const schemes = schemeConfigSchema.options.map(({ shape }) => [...shape.type.values][0])
  expect(new Set(all.map((source) => source?.scheme.name))).toEqual(new Set(schemes))
  expect(new Set(all.map((source) => source?.adapter.name))).toEqual(new Set(Object.keys(ADAPTERS)))
})

test('every example is what its schema says', () => {
  expect(examples.length).toBeGreaterThan(200)
  const wrong = examples.flatMap(({ at, schema, value }) => {
    const problem = check(schema, value)
    return problem === undefined ? [] : [`${at}: ${problem}`]
  })
  expect(wrong).toEqual([])
})

test('every problem has an example whose status is that of its response', () => {
  const shown = new Set<string>()
  const responses = [document.components.responses, ...operations.map(({ operation }) => operation.responses)]
  for (const byStatus of responses as Operation['responses'][]) {
    for (const [status, response] of Object.entries(byStatus)) {
      const problems = response.content?.['application/problem+json']?.examples ?? {}
      for (const { value } of Object.values(problems as Record<string, { value: { code: string; status: number } }>)) {
        shown.add(value.code)
        if (status !== 'AnyCall') expect(String(value.status)).toBe(status)
      }
    }
  }
  expect([...shown].sort()).toEqual(Object.keys(PROBLEMS).sort())
})

test('every answer and every body has an example', () => {
  const contents = operations.flatMap(({ path, method, operation }) =>
    [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) =>
      Object.entries(part?.content ?? {}).map(([type, media]) => ({
        at: `${method} ${path} ${type}`,
        media: media as Node,
      })),
    ),
  )
  const without = contents.filter(({ media }) => media.example === undefined && media.examples === undefined)
  expect(without.map(({ at }) => at)).toEqual(['get /schemas/native-event.json application/schema+json'])
})

describe.each(operations.filter(({ path, method }) => method === 'post' && path.startsWith('/api/webhooks/')))(
  '$path',
  ({ path, operation }) => {
    const given = (place: string) =>
      Object.fromEntries(
        operation.parameters.filter((one) => one.in === place).map(({ name, example }) => [name, example]),
      )
    const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => given('path')[name] ?? '')
    const source = sources.find(target.split('/')[3] ?? '')
    const scheme = source?.scheme ?? nativeScheme
    const body = Buffer.from(JSON.stringify(operation.requestBody.content['application/json']?.example))

    test('shows a request whose signature holds', () => {
      const secrets = [{ key: scheme.toKey(EXAMPLE_SECRET) }]
      const request = { method: 'POST', target, headers: given('header'), body }
      expect(scheme.verify(request, secrets, EXAMPLE_TIME)).toMatchObject({ ok: true, secrets })
      const altered = { ...request, body: Buffer.concat([body, Buffer.from(' ')]) }
      const isSigned = !['header-secret', 'path-secret'].includes(scheme.name)
      expect(scheme.verify(altered, secrets, EXAMPLE_TIME).ok).toBe(!isSigned)
    })

    test('shows a body that its format takes', () => {
      const text = body.toString()
      const delivery = {
        source: source?.name ?? 'native',
        value: JSON.parse(text),
        text,
        bytes: body,
        receivedAt: EXAMPLE_TIME,
      }
      expect((source?.adapter ?? nativeAdapter).toEvents(delivery)).toMatchObject({ ok: true })
    })
  },
)

test.each(['linkedin', 'lusha'])('the question of %s is there with its answer', (name) => {
  const { get } = document.paths[`/api/webhooks/${name}`]
  expect(get.responses['200'].content['application/json'].example).toMatchObject({
    [get.parameters[0].name]: get.parameters[0].example,
  })
})

test('it describes only what this deployment takes', () => {
  const native = openapiDocument(
    createSources([{ name: 'test', ownSecrets: [], companyIdPrefix: '' }], ['a-common-secret']),
  )
  expect(Object.keys(native.paths ?? {}).filter((path) => path.startsWith('/api/webhooks'))).toEqual([
    '/api/webhooks/person-change',
    '/api/webhooks/{source}',
  ])
  expect(Object.keys(native.components?.securitySchemes ?? {})).toEqual(['apiToken', 'native'])
})

test('the JSON Schema of an event requires what the check requires and keeps extra fields', () => {
  expect(jsonSchemaOfNativeEvent()).toMatchObject({
    required: ['id', 'source', 'type', 'timestamp', 'person', 'company', 'changes'],
    additionalProperties: {},
  })
})
