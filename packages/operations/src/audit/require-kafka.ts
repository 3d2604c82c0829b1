import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { classifyError } from '@buyer-group/shared/errors/classify-error.ts'
import type { AuditTarget } from './audit-options.ts'

/**
 * Makes sure that a broker answers before any work begins, for a command whose user needs to hear which address does not.
 * @throws AppError `kafka_unavailable` (unavailable) naming the addresses.
 */
export async function requireKafka(kafka: AuditTarget['kafka'], brokers: readonly string[]): Promise<void> {
  const admin = kafka.admin()
  try {
    await admin.connect()
  } catch (error) {
    const { message } = classifyError(error)
    throw new AppError(`Kafka does not answer at ${brokers.join(', ')} (KAFKA_BROKERS): ${message}`, {
      code: 'kafka_unavailable',
      fate: 'unavailable',
      cause: error,
    })
  } finally {
    await admin.disconnect()
  }
}
