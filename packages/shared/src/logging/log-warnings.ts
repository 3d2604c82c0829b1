import type { Logger } from './create-logger.ts'

/** Node's warnings as JSON log lines instead of text on standard error. */
export function logWarnings(logger: Logger): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    logger.warn({ warning: warning.name }, warning.message)
  })
}
