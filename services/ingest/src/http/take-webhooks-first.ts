import type { RequestListener } from 'node:http'
import type { ServeAnswer } from './serve-answer.ts'
import type { FindWebhookRoute, WebhookRoute } from './webhook-routes.ts'

/**
 * Answers webhooks before Express, whose routing would cost more than all the rest of the way. Only a POST to an
 * address exactly as it is documented is taken here: whatever needs interpretation (other methods, query strings,
 * percent-encoding, a trailing slash) goes to `otherwise`, which has the same routes.
 */
export function takeWebhooksFirst(
  findRoute: FindWebhookRoute,
  serve: ServeAnswer,
  otherwise: RequestListener,
): RequestListener {
  const listeners = new WeakMap<WebhookRoute, RequestListener>()
  return (request, response) => {
    const route = request.method === 'POST' ? findRoute(request.url ?? '') : undefined
    if (route === undefined) {
      otherwise(request, response)
      return
    }
    let listener = listeners.get(route)
    if (listener === undefined) {
      listener = serve(route.label, route.post)
      listeners.set(route, listener)
    }
    void listener(request, response)
  }
}
