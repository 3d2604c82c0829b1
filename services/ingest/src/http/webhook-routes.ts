import type { IncomingMessage } from 'node:http'
import { type Answer, json } from '../answer.ts'
import { problem } from '../problems.ts'
import type { ReceiveWebhook } from '../receive-webhook.ts'
import { secretsAt } from '../schemes/scheme.ts'
import type { Source, Sources } from '../sources/sources.ts'
import { readBody } from './read-body.ts'
import { webhookInfo } from './webhook-info.ts'

/** Where any source of the native scheme may post. */
export const PERSON_CHANGE_PATH = '/api/webhooks/person-change'

/** One address that takes webhooks. */
export interface WebhookRoute {
  /** What the metrics call it: nothing that a sender chooses. */
  readonly label: string
  post(request: IncomingMessage): Promise<Answer>
  /** What a GET is answered with, where there is something to say. */
  readonly get: ((request: IncomingMessage) => Answer) | undefined
}

/** Finds the route of a path without a query, exactly as it is documented; undefined where there is none. */
export type FindWebhookRoute = (path: string) => WebhookRoute | undefined

export interface WebhookRoutesOptions {
  /** The sources as they are configured now: another value when they were read again. */
  sources(): Sources
  readonly receiveWebhook: ReceiveWebhook
  /** Milliseconds since the epoch. */
  now(): number
}

/** The address for all sources and one for each source (system.md, "HTTP"), and below that one for a secret in the path. */
export function createWebhookRoutes(options: WebhookRoutesOptions): FindWebhookRoute {
  let sources: Sources | undefined
  let routes = new Map<string, WebhookRoute>()
  return (path) => {
    const current = options.sources()
    if (current !== sources) {
      sources = current
      routes = routesOf(current, options)
    }
    return routes.get(path) ?? routes.get(withoutPathSecret(path))
  }
}

/** Marks the route of a source whose secret is the last part of its path. */
const PATH_SECRET = '/{secret}'

/** `/api/webhooks/pdl/5f2c...` as `/api/webhooks/pdl/{secret}`. */
function withoutPathSecret(path: string): string {
  const [, source] = /^(\/api\/webhooks\/[^/?]+)\/[^/?]+$/.exec(path) ?? []
  return source === undefined ? '' : source + PATH_SECRET
}

function routesOf(sources: Sources, { receiveWebhook, now }: WebhookRoutesOptions): Map<string, WebhookRoute> {
  const post = (pathSource: Source | undefined) => (request: IncomingMessage) =>
    receiveWebhook({
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.headers,
      pathSource,
      readBody: (maxBytes) => readBody(request, maxBytes),
    })
  const info = webhookInfo(sources)
  const routes: WebhookRoute[] = [{ label: PERSON_CHANGE_PATH, post: post(undefined), get: () => info }]
  for (const name of sources.names) {
    const source = sources.find(name)
    if (source === undefined) continue
    const path = `/api/webhooks/${name}`
    const label = source.scheme.takesSecretFromPath === true ? path + PATH_SECRET : path
    routes.push({ label, post: post(source), get: challengeOf(source, now) })
  }
  return new Map(routes.map((route) => [route.label, route]))
}

/** For a provider that asks by GET whether the address is ours. */
function challengeOf({ scheme, secrets }: Source, now: () => number): WebhookRoute['get'] {
  const { answerChallenge } = scheme
  if (answerChallenge === undefined) return undefined
  return (request) => {
    const answer = answerChallenge(request.url ?? '', secretsAt(secrets, now()))
    return answer === undefined
      ? problem('invalid_request', 'This is not the question that the provider asks.')
      : json(200, answer)
  }
}
