import type { Admin, Kafka } from 'kafkajs'
import type { CheckResult } from '../telemetry/admin-server.ts'

const CACHE_MS = 2_000
const TIMEOUT_MS = 2_000

/**
 * A readiness check that asks the cluster itself, so that it tells the truth also when nothing is being sent.
 * Answers are kept for two seconds; one question is under way at a time.
 */
export function createKafkaCheck(kafka: Kafka): { check(): Promise<CheckResult>; close(): Promise<void> } {
  const admin = kafka.admin({ retry: { retries: 0 } })
  let connected: Promise<void> | undefined
  let last: { at: number; result: CheckResult } | undefined
  let asking: Promise<CheckResult> | undefined

  const ask = async (): Promise<CheckResult> => {
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<CheckResult>((resolve) => {
      timer = setTimeout(() => resolve({ ok: false, reason: 'Kafka does not answer' }), TIMEOUT_MS)
    })
    const result = await Promise.race([describe(admin), timeout])
    clearTimeout(timer)
    last = { at: performance.now(), result }
    return result
  }

  const describe = async (client: Admin): Promise<CheckResult> => {
    try {
      connected ??= client.connect()
      await connected
      const { brokers, controller } = await client.describeCluster()
      return brokers.length > 0 && controller !== null ? { ok: true } : { ok: false, reason: 'Kafka has no controller' }
    } catch {
      connected = undefined
      return { ok: false, reason: 'Kafka does not answer' }
    }
  }

  return {
    check: () => {
      if (last !== undefined && performance.now() - last.at < CACHE_MS) return Promise.resolve(last.result)
      asking ??= ask().finally(() => {
        asking = undefined
      })
      return asking
    },
    close: () => admin.disconnect(),
  }
}
