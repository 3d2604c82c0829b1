import { signedHeaders } from '@buyer-group/testing/events/signed-request.ts'
import { PERSON_CHANGE_PATH } from '../http/webhook-routes.ts'
import { SECRET } from './start-test-ingest.ts'

/** The bytes of a whole signed webhook, as ASCII, with further header lines. */
export function signedRequest(event: object, lines: readonly string[] = []): string {
  const body = JSON.stringify(event)
  const headers = Object.entries(signedHeaders(body, SECRET)).map(([name, value]) => `${name}: ${value}`)
  const head = [
    `POST ${PERSON_CHANGE_PATH} HTTP/1.1`,
    'host: x',
    `content-length: ${body.length}`,
    ...headers,
    ...lines,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

/** The status of each answer in what came back, in order. */
export function statusesIn(received: string): string[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status)
}
