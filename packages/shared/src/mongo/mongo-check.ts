import type { Db } from 'mongodb'
import type { CheckResult } from '../telemetry/admin-server.ts'

/** A readiness check: does the database answer a ping within a second? */
export async function checkMongo(db: Db): Promise<CheckResult> {
  try {
    await db.command({ ping: 1 }, { timeoutMS: 1_000 })
    return { ok: true }
  } catch {
    return { ok: false, reason: 'MongoDB does not answer' }
  }
}
