import type { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import { registryAway, statusOf } from './registry-errors.ts'

type Middleware = NonNullable<ConstructorParameters<typeof SchemaRegistry>[0]['middlewares']>[number]
type Sent = Parameters<NonNullable<ReturnType<Middleware>['response']>>[2]

const TIMEOUT_MS = 2_000

/**
 * For the registry's client: tells the registry's own "there is none" from a 404 by whatever else answers at its address
 * (a gateway whose backend restarts, a wrong base path). Only the registry puts an `error_code` of 404xx into the answer
 * (Confluent's API reference, "Errors"; Apicurio does the same). The client drops the answer's body, so that what got a
 * 404 is sent once more to read it: everything that is asked of a registry may be repeated. The code stands on the error
 * as `errorCode` then.
 * @throws AppError `registry_unavailable` (unavailable) for any other 404.
 */
export const confirmNotFound: Middleware = () => ({
  response: async (next, _renew, sent) => {
    try {
      return await next()
    } catch (error) {
      if (statusOf(error) !== 404) throw error
      const errorCode = await readErrorCode(sent)
      if (errorCode === undefined) {
        throw registryAway(`a 404 at its address is not the registry's (${sent.method()} ${sent.path()})`, error)
      }
      throw Object.assign(error as Error, { errorCode })
    }
  },
})

/** The registry's own code for what it does not have; undefined where nobody says so. */
async function readErrorCode(sent: Sent): Promise<number | undefined> {
  try {
    const response = await fetch(sent.url(), {
      method: sent.method().toUpperCase(),
      headers: sent.headers() as Record<string, string>,
      body: (sent.body() as string | undefined) ?? null,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const { error_code: code } = (await response.json()) as { error_code?: unknown }
    return response.status === 404 && typeof code === 'number' && Math.floor(code / 100) === 404 ? code : undefined
  } catch {
    return undefined
  }
}
