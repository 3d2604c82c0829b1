import type { IncomingMessage } from 'node:http'
import type { Answer } from '../answer.ts'
import type { ReceiveWebhook } from '../receive-webhook.ts'
import type { Source, Sources } from '../sources.ts'
import { readBody } from './read-body.ts'

/** Where any source may post. */
export const PERSON_CHANGE_PATH = '/api/webhooks/person-change'

/** One address that takes webhooks by POST. */
export interface WebhookRoute {
  readonly path: string
  handle(request: IncomingMessage): Promise<Answer>
}

/** The address for all sources and one for each source (system.md, "HTTP"). */
export function webhookRoutes(sources: Sources, receiveWebhook: ReceiveWebhook): readonly WebhookRoute[] {
  const routeTo = (path: string, pathSource: Source | undefined): WebhookRoute => ({
    path,
    handle: (request) =>
      receiveWebhook({ headers: request.headers, pathSource, readBody: (maxBytes) => readBody(request, maxBytes) }),
  })
  return [
    routeTo(PERSON_CHANGE_PATH, undefined),
    ...sources.names.map((name) => routeTo(`/api/webhooks/${name}`, sources.find(name))),
  ]
}
