import { type DestinationStream, type Logger, pino } from 'pino'

export type { Logger }

/**
 * One JSON object a line on standard output (or `destination`), with the service's name and an ISO time.
 * Log ids, codes and counts only: never a payload, a name, an e-mail address or a secret.
 */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return pino(options, destination)
}
