import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express'
import helmet from 'helmet'
import { type Answer, json } from '../answer.ts'
import { problem } from '../problems.ts'
import type { ReadState } from '../read-state.ts'
import type { RefreshHttpRequest } from '../request-refresh.ts'
import type { Sources } from '../sources/sources.ts'
import type { CheckBearer } from './check-bearer.ts'
import { createDocsPage } from './docs/docs-page.ts'
import { jsonSchemaOfNativeEvent } from './openapi/native-event-schema.ts'
import { createOpenapiAnswer } from './openapi/openapi-answer.ts'
import { readBody } from './read-body.ts'
import { sendAnswer } from './send-answer.ts'
import type { ServeAnswer } from './serve-answer.ts'
import { DOCS_PATH, NATIVE_EVENT_SCHEMA_PATH, OPENAPI_PATH } from './webhook-info.ts'
import type { FindWebhookRoute } from './webhook-routes.ts'

export interface AppOptions {
  /** The sources as they are configured now. */
  sources(): Sources
  readonly findWebhookRoute: FindWebhookRoute
  requestRefresh(request: RefreshHttpRequest): Promise<Answer>
  readonly readState: ReadState
  readonly checkBearer: CheckBearer
  readonly serve: ServeAnswer
}

type Handle = (request: Request) => Answer | Promise<Answer>

interface Handlers {
  readonly GET?: Handle | undefined
  readonly POST?: Handle | undefined
}

/** The routes of ingest. Express only finds the way: what is answered, and why, is decided elsewhere. */
export function createApp(options: AppOptions): Express {
  const { sources, findWebhookRoute, requestRefresh, readState, checkBearer, serve } = options
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('case sensitive routing', true)
  app.set('query parser', false)
  app.use(secureWhatBrowsersSee())

  const route = (path: string, handlers: Handlers) => {
    app.all(path, serve(path, answerByMethod(handlers)))
  }

  const withToken =
    (handle: Handle): Handle =>
    (request) =>
      checkBearer(request.headers.authorization) ?? handle(request)

  // The sources may be others at the next request, so that their addresses are looked up rather than declared. Not mounted
  // at a path: Express would take it off the request's target, which schemes sign.
  app.use((request, response, next) => {
    const found = findWebhookRoute(request.path.replace(/\/$/, ''))
    if (found === undefined) next()
    else void serve(found.label, answerByMethod({ GET: found.get, POST: found.post }))(request, response)
  })

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

  const jsonSchema = json(200, jsonSchemaOfNativeEvent(), {
    'cache-control': 'public, max-age=60',
    'content-type': 'application/schema+json',
  })
  route(OPENAPI_PATH, { GET: createOpenapiAnswer(sources) })
  route(NATIVE_EVENT_SCHEMA_PATH, { GET: () => jsonSchema })

  const docs = createDocsPage()
  route(DOCS_PATH, { GET: docs.page })
  route(`${DOCS_PATH}/:hash/:name`, {
    GET: ({ params, headers }) => docs.asset(String(params.hash), String(params.name), headers),
  })

  app.use(serve('unknown', () => problem('not_found', NOT_FOUND)))
  app.use(answerErrors)
  return app
}

/** Any other method is 405 with Allow, OPTIONS tells them too; HEAD is a GET whose body Node leaves out. */
function answerByMethod({ GET, POST }: Handlers): Handle {
  const allow = [...(GET ? ['GET', 'HEAD'] : []), ...(POST ? ['POST'] : []), 'OPTIONS'].join(', ')
  return (request) => {
    if (GET !== undefined && (request.method === 'GET' || request.method === 'HEAD')) return GET(request)
    if (POST !== undefined && request.method === 'POST') return POST(request)
    if (request.method === 'OPTIONS') return { status: 204, headers: { allow }, body: '' }
    return problem('method_not_allowed', `Use one of: ${allow}.`, { headers: { allow } })
  }
}

const NOT_FOUND = 'There is nothing at this address. See /docs.'

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
