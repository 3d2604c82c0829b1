import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Asked {
  /** Path and query, as sent. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

/** A provider's API on loopback, gone when the test is. */
export interface LocalProvider {
  readonly url: string
  /** Every request so far. */
  readonly asked: readonly Asked[]
  /** What it does from now on. */
  answer(listener: RequestListener): void
}

export async function startLocalProvider(): Promise<LocalProvider> {
  let listener: RequestListener = json({ people: [] })
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers })
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (next) => {
      listener = next
    },
  }
}

/** An address on which nobody listens. */
export async function closedAddress(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

/** Answers with this document. */
export const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
      .end(JSON.stringify(body))
  }

/** Answers one after the other, and with the last one from then on. */
export function inTurn(...listeners: readonly RequestListener[]): RequestListener {
  let next = 0
  return (request, response) => {
    const listener = listeners[Math.min(next, listeners.length - 1)]
    next += 1
    listener?.(request, response)
  }
}
