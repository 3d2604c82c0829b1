import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express'
import helmet from 'helmet'
import { type Answer, json } from '../answer.ts'
import type { IngestMetrics } from '../metrics.ts'
import { problem } from '../problems.ts'
import type { ReadState } from '../read-state.ts'
import type { ReceiveWebhook } from '../receive-webhook.ts'
import type { RefreshHttpRequest } from '../request-refresh.ts'
import type { Source, Sources } from '../sources.ts'
import type { CheckBearer } from './check-bearer.ts'
import { jsonSchemaOfNativeEvent, openapiDocument } from './openapi.ts'
import { readBody } from './read-body.ts'
import { sendAnswer } from './send-answer.ts'
import { NATIVE_EVENT_SCHEMA_PATH, OPENAPI_PATH, webhookInfo } from './webhook-info.ts'

export interface AppOptions {
  readonly sources: Sources
  readonly receiveWebhook: ReceiveWebhook
  requestRefresh(request: RefreshHttpRequest): Promise<Answer>
  readonly readState: ReadState
  readonly checkBearer: CheckBearer
  readonly metrics: Pick<IngestMetrics, 'requestDuration'>
  readonly logger: Logger
}

type Handle = (request: Request) => Answer | Promise<Answer>

/** The routes of ingest. Express only finds the way: what is answered, and why, is decided elsewhere. */
export function createApp(options: AppOptions): Express {
  const { sources, receiveWebhook, requestRefresh, readState, checkBearer } = options
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('case sensitive routing', true)
  app.set('query parser', false)
  app.use(secureWhatBrowsersSee())

  /** One path with its methods; any other method is 405 with Allow, OPTIONS tells them too. */
  const route = (path: string, handlers: { GET?: Handle; POST?: Handle }) => {
    const allow = [...(handlers.GET ? ['GET', 'HEAD'] : []), ...(handlers.POST ? ['POST'] : []), 'OPTIONS'].join(', ')
    const router = app.route(path)
    if (handlers.GET) router.get(adapt(path, handlers.GET))
    if (handlers.POST) router.post(adapt(path, handlers.POST))
    router.all(
      adapt(path, ({ method }) => {
        if (method === 'OPTIONS') return { status: 204, headers: { allow }, body: '' }
        return problem('method_not_allowed', `Use one of: ${allow}.`, { headers: { allow } })
      }),
    )
  }

  const receive = (request: Request, pathSource: Source | undefined) =>
    receiveWebhook({ headers: request.headers, pathSource, readBody: (maxBytes) => readBody(request, maxBytes) })

  const withToken =
    (handle: Handle): Handle =>
    (request) =>
      checkBearer(request.headers.authorization) ?? handle(request)

  const info = webhookInfo(sources)
  route('/api/webhooks/person-change', { GET: () => info, POST: (request) => receive(request, undefined) })
  for (const name of sources.names) {
    route(`/api/webhooks/${name}`, { POST: (request) => receive(request, sources.find(name)) })
  }

  route('/api/refreshes', {
    POST: withToken((request) =>
      requestRefresh({ headers: request.headers, readBody: (maxBytes) => readBody(request, maxBytes) }),
    ),
  })
  route('/api/refreshes/:id', { GET: withToken((request) => readState.refresh(String(request.params.id))) })
  route('/api/events/:id', { GET: withToken((request) => readState.event(String(request.params.id))) })
  route('/api/companies/:id/buyer-group', {
    GET: withToken((request) => readState.buyerGroup(String(request.params.id))),
  })

  const openapi = json(200, openapiDocument(), CACHEABLE)
  const jsonSchema = json(200, jsonSchemaOfNativeEvent(), { ...CACHEABLE, 'content-type': 'application/schema+json' })
  route(OPENAPI_PATH, { GET: () => openapi })
  route(NATIVE_EVENT_SCHEMA_PATH, { GET: () => jsonSchema })

  app.use(adapt('unknown', () => problem('not_found', NOT_FOUND)))
  app.use(answerErrors)
  return app

  /** Runs a handler, sends its answer and measures it. A failure that nobody foresaw is 500 and one log line. */
  function adapt(routeName: string, handle: Handle): RequestHandler {
    return async (request, response) => {
      const start = performance.now()
      const answer = await answerOf(handle, request)
      sendAnswer(response, answer)
      const labels = { route: routeName, status: answer.status }
      options.metrics.requestDuration.observe(labels, (performance.now() - start) / 1_000)
    }
  }

  async function answerOf(handle: Handle, request: Request): Promise<Answer> {
    try {
      return await handle(request)
    } catch (error) {
      options.logger.error({ error: describeError(error) }, 'a request failed')
      return problem('internal_error', 'The request failed here; send it again later.')
    }
  }
}

const NOT_FOUND = 'There is nothing at this address. See /openapi.json.'

const CACHEABLE = { 'cache-control': 'public, max-age=60' }

/** What a browser may open is answered with helmet's headers; a provider's POST needs none of them. */
function secureWhatBrowsersSee(): RequestHandler {
  const secure = helmet()
  return (request, response, next) => {
    if (request.method === 'GET') secure(request, response, next)
    else next()
  }
}

/** Express itself fails only on addresses that are no valid percent-encoding: nothing can be there. */
const answerErrors: ErrorRequestHandler = (_error, _request, response, _next) => {
  sendAnswer(response, problem('not_found', NOT_FOUND))
}
