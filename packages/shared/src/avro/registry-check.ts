import type { CheckResult } from '../telemetry/admin-server.ts'

const TIMEOUT_MS = 2_000

/** A readiness check: does the registry at `url` answer within two seconds? A refusal is an answer, a failure of its own none. */
export async function checkRegistry(url: string): Promise<CheckResult> {
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/schemas/types`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    await response.body?.cancel()
    return response.status < 500 ? { ok: true } : { ok: false, reason: `the registry answers ${response.status}` }
  } catch {
    return { ok: false, reason: 'the registry does not answer' }
  }
}
