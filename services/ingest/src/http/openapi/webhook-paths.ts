import { z } from 'zod'
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiParameterObject,
  ZodOpenApiPathsObject,
  ZodOpenApiResponseObject,
} from 'zod-openapi'
import { nativeAdapter } from '../../adapters/native.ts'
import type { ProblemCode } from '../../problems.ts'
import { nativeScheme } from '../../schemes/native.ts'
import type { Source, Sources } from '../../sources/sources.ts'
import { webhookInfo } from '../webhook-info.ts'
import { PERSON_CHANGE_PATH } from '../webhook-routes.ts'
import { describeChallenge } from './describe-challenge.ts'
import { describeScheme, EXAMPLE_TIME, type SchemeParameter } from './describe-scheme.ts'
import { exampleOfFormat } from './format-examples.ts'
import { exampleOfNativeEvent, nativeEventComponent } from './native-event-schema.ts'
import { problemResponses } from './problem-responses.ts'

/** What is sent to one address. */
interface WebhookAddress {
  readonly path: string
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly pathParameters: readonly ZodOpenApiParameterObject[]
  readonly scheme: Source['scheme']
  readonly adapter: Source['adapter']
  /** Whose example is shown. */
  readonly source: string
}

/** Every address that takes webhooks here, as the sources are configured now. */
export function webhookPaths(sources: Sources): ZodOpenApiPathsObject {
  const all = sources.names.map((name) => sources.find(name)).filter((source) => source !== undefined)
  const native = all.filter(isNative)
  const paths: ZodOpenApiPathsObject = {}

  const shared = addressForAll(native[0]?.name ?? 'test')
  paths[shared.path] = { get: describeWebhook(sources), post: receive(shared) }
  if (native.length > 0) {
    const address = addressOfNative(native.map(({ name }) => name))
    paths[address.path] = { post: receive(address) }
  }
  for (const source of all.filter((source) => !isNative(source))) {
    const address = addressOf(source)
    const challenge = describeChallenge(source)
    paths[address.path] = { ...(challenge === undefined ? {} : { get: challenge }), post: receive(address) }
  }
  return paths
}

/** How each scheme in use signs, by the name of the scheme. */
export function securitySchemes(sources: Sources) {
  const schemes = new Map([[nativeScheme.name, nativeScheme]])
  for (const name of sources.names) {
    const scheme = sources.find(name)?.scheme
    if (scheme !== undefined) schemes.set(scheme.name, scheme)
  }
  return Object.fromEntries(
    [...schemes].flatMap(([name, scheme]) => {
      const { signatureHeader, explained } = describeScheme(scheme, '/api/webhooks/example', '{}')
      if (signatureHeader === undefined) return []
      return [[name, { type: 'apiKey' as const, in: 'header' as const, name: signatureHeader, description: explained }]]
    }),
  )
}

const isNative = ({ scheme, adapter }: Source) => scheme === nativeScheme && adapter === nativeAdapter

function addressForAll(source: string): WebhookAddress {
  return {
    path: PERSON_CHANGE_PATH,
    operationId: 'receivePersonChange',
    summary: 'A change of a person, from any source of the native scheme',
    description: 'The body names its source, and must be signed with a secret of that source.',
    pathParameters: [],
    scheme: nativeScheme,
    adapter: nativeAdapter,
    source,
  }
}

function addressOfNative(names: readonly string[]): WebhookAddress {
  const [source = ''] = names
  return {
    ...addressForAll(source),
    path: '/api/webhooks/{source}',
    operationId: 'receiveFromSource',
    summary: 'The same for one source',
    description: 'The body must name the same source as the address.',
    pathParameters: [
      {
        in: 'path',
        name: 'source',
        required: true,
        description: 'A configured source.',
        schema: { type: 'string', enum: [...names] },
        example: source,
      },
    ],
  }
}

function addressOf({ name, scheme, adapter }: Source): WebhookAddress {
  const path = `/api/webhooks/${name}`
  return {
    path: scheme.takesSecretFromPath === true ? `${path}/{secret}` : path,
    operationId: `receiveFrom_${name.replaceAll(/\W/g, '_')}`,
    summary: `Deliveries of the source ${name}`,
    description: `In the format \`${adapter.name}\`, signed by the scheme \`${scheme.name}\`.`,
    pathParameters: [],
    scheme,
    adapter,
    source: name,
  }
}

function receive(address: WebhookAddress): ZodOpenApiOperationObject {
  const { operationId, summary, description, pathParameters, scheme, adapter, source } = address
  const isNativeFormat = adapter === nativeAdapter
  const body = isNativeFormat ? exampleOfNativeEvent(source) : exampleOfFormat(adapter.name)
  const signature = describeScheme(scheme, address.path.replace(/\{.*$/, source), JSON.stringify(body))
  return {
    operationId,
    tags: ['Webhooks'],
    summary,
    description: `${description} ${signature.explained}`,
    security: signature.signatureHeader === undefined ? [] : [{ [scheme.name]: [] }],
    parameters: [...pathParameters, ...signature.parameters.map(toParameter), TRACEPARENT],
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: isNativeFormat ? nativeEventComponent : { type: Array.isArray(body) ? 'array' : 'object' },
          example: body,
        },
      },
    },
    responses: {
      202: taken('accepted', 'Taken: the broker has all of it on every replica.', adapter, body),
      200: taken('already_processed', 'A repeat of what was taken before; nothing is to be done.', adapter, body),
      ...problemResponses(
        [
          'unsupported_media_type',
          'payload_too_large',
          'bad_request',
          ...signature.problems,
          'malformed_json',
          'invalid_event',
          ...(isNativeFormat ? (['unknown_source'] as const) : []),
          'event_id_conflict',
          'rate_limited',
          'unavailable',
        ] satisfies ProblemCode[],
        scheme.help,
      ),
    },
  }
}

/** The answer to a delivery that needs nothing more, as its format names the events in it. */
function taken(
  status: string,
  description: string,
  adapter: Source['adapter'],
  body: unknown,
): ZodOpenApiResponseObject {
  const text = JSON.stringify(body)
  const delivery = { source: 'example', value: body, text, bytes: Buffer.from(text), receivedAt: EXAMPLE_TIME }
  const adapted = adapter.toEvents(delivery)
  const ids = adapted.ok ? adapted.events.map(({ event }) => (event as { id: string }).id) : []
  const isOne = adapter === nativeAdapter
  return {
    description,
    content: {
      'application/json': {
        schema: z.looseObject({
          status: z.literal(status),
          ...(isOne ? { eventId: z.string() } : { eventIds: z.array(z.string()) }),
        }),
        example: {
          status,
          ...(isOne ? { eventId: ids[0] } : { eventIds: ids }),
          ...adapter.acknowledge?.(delivery),
        },
      },
    },
  }
}

const TRACEPARENT: ZodOpenApiParameterObject = {
  in: 'header',
  name: 'traceparent',
  description: 'W3C trace context; passed on.',
  schema: { type: 'string' },
  example: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
}

function toParameter({ in: place, name, description, example }: SchemeParameter): ZodOpenApiParameterObject {
  return { in: place, name, required: true, description, schema: { type: 'string' }, example }
}

const infoSchema = z.looseObject({
  description: z.string(),
  eventTypes: z.object({ accepted: z.string(), significantByDefault: z.array(z.string()) }),
  sources: z.array(z.string()),
  signature: z.record(z.string(), z.string()),
  replayWindowSeconds: z.int(),
  limits: z.record(z.string(), z.union([z.string(), z.int()])),
  repeats: z.string(),
  links: z.record(z.string(), z.string()),
})

function describeWebhook(sources: Sources): ZodOpenApiOperationObject {
  return {
    operationId: 'describeWebhook',
    tags: ['Webhooks'],
    summary: 'What is accepted',
    responses: {
      200: {
        description: 'Event types, sources, signature scheme, limits and links.',
        content: { 'application/json': { schema: infoSchema, example: JSON.parse(String(webhookInfo(sources).body)) } },
      },
      ...problemResponses([]),
    },
  }
}
