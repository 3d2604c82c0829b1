import { type Logger, pino } from 'pino'

export type { Logger }

/**
 * One JSON object a line on standard output, with the service's name and an ISO time.
 * Log ids, codes and counts only: never a payload, a name, an e-mail address or a secret.
 */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  })
}
