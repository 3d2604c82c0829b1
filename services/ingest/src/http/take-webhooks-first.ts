import type { RequestListener } from 'node:http'
import type { ServeAnswer } from './serve-answer.ts'
import type { WebhookRoute } from './webhook-routes.ts'

/**
 * Answers webhooks before Express, whose routing would cost more than all the rest of the way. Only a POST to an
 * address exactly as it is documented is taken here: whatever needs interpretation (other methods, query strings,
 * percent-encoding, a trailing slash) goes to `otherwise`, which has the same routes.
 */
export function takeWebhooksFirst(
  routes: readonly WebhookRoute[],
  serve: ServeAnswer,
  otherwise: RequestListener,
): RequestListener {
  const listeners = new Map(routes.map(({ path, handle }) => [path, serve(path, handle)]))
  return (request, response) => {
    const listener = request.method === 'POST' ? listeners.get(request.url ?? '') : undefined
    if (listener === undefined) otherwise(request, response)
    else void listener(request, response)
  }
}
