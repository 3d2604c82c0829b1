import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'

/** What a check found: `ok`, or the reason in a few words without personal data. */
export type CheckResult = { readonly ok: true } | { readonly ok: false; readonly reason: string }

export type Checks = Readonly<Record<string, () => CheckResult | Promise<CheckResult>>>

export interface AdminServerOptions {
  /** 0 takes a free port. */
  readonly port: number
  readonly registry: Registry
  /** Fails when only a restart can help. */
  readonly live: Checks
  /** Fails while the service cannot do its work. */
  readonly ready: Checks
}

/**
 * Serves `/metrics` (Prometheus text), `/livez` and `/readyz` (200 or 503, each with its checks as JSON).
 * @throws the listen error (EADDRINUSE) when the port is taken.
 */
export async function startAdminServer(options: AdminServerOptions): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?', 1)[0]
    if (path === '/metrics') {
      response.setHeader('content-type', options.registry.contentType)
      response.end(await options.registry.metrics())
      return
    }
    const checks = path === '/livez' ? options.live : path === '/readyz' ? options.ready : undefined
    if (checks === undefined) {
      response.writeHead(404).end()
      return
    }
    const results = await runChecks(checks)
    const ok = Object.values(results).every((result) => result.ok)
    response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(`${JSON.stringify({ status: ok ? 'ok' : 'unavailable', checks: results })}\n`)
  })
  await listen(server, options.port)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A probe waits for no more than about a second: a check that hangs has failed. */
const CHECK_TIMEOUT_MS = 1_000

async function within(check: () => CheckResult | Promise<CheckResult>): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined
  const timedOut = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: 'no answer within a second' }), CHECK_TIMEOUT_MS)
  })
  try {
    return await Promise.race([check(), timedOut])
  } finally {
    clearTimeout(timer)
  }
}

async function runChecks(checks: Checks): Promise<Record<string, CheckResult>> {
  const entries = Object.entries(checks).map(async ([name, check]) => {
    try {
      return [name, await within(check)] as const
    } catch (error) {
      return [name, { ok: false, reason: error instanceof Error ? error.name : 'failed' }] as const
    }
  })
  return Object.fromEntries(await Promise.all(entries))
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
