import type { Logger } from './create-logger.ts'

/**
 * Node's warnings as JSON log lines instead of text on standard error.
 * kafkajs 2.2.4 computes negative timer delays (its issue #1751), which Node 24 warns of at every start: dropped.
 */
export function logWarnings(logger: Logger): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name === 'TimeoutNegativeWarning') return
    logger.warn({ warning: warning.name }, warning.message)
  })
}
