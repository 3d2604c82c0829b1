import type { z } from 'zod'
import { ConfigError, EXIT_CONFIG, readConfig } from '../config/read-config.ts'
import { createLogger, type Logger } from '../logging/create-logger.ts'
import { describeError } from '../logging/describe-error.ts'
import { logWarnings } from '../logging/log-warnings.ts'
import { createShutdown, type Shutdown } from '../shutdown/create-shutdown.ts'
import { ProcessError } from './process-error.ts'

/** What every service's configuration holds for its process. */
type ServiceConfig = z.ZodObject<{
  LOG_LEVEL: z.ZodType<string>
  SHUTDOWN_TIMEOUT: z.ZodType<number>
}>

export interface Service<Schema extends ServiceConfig> {
  readonly name: string
  readonly configSchema: Schema
  /** Opens what the service needs and starts it; what it opens, it registers for release. */
  start(config: z.output<Schema>, logger: Logger, shutdown: Shutdown): Promise<void>
}

/**
 * The life of a service's process: configuration, logger, start, orderly end. A bad configuration is one sentence and
 * exit code 78; a start that fails is one sentence or one log line, releases what was opened, and exits with 1.
 */
export async function runService<Schema extends ServiceConfig>(service: Service<Schema>): Promise<void> {
  const config = readConfigOrExit(service)
  const logger = createLogger(service.name, config.LOG_LEVEL)
  logWarnings(logger)
  const shutdown = createShutdown(logger, config.SHUTDOWN_TIMEOUT)
  try {
    await service.start(config, logger, shutdown)
  } catch (error) {
    if (error instanceof ConfigError) exitForConfig(service.name, error)
    // A start that was waiting for something when it was told to end has not failed.
    if (shutdown.signal.aborted) return shutdown.begin('the start was interrupted')
    if (error instanceof ProcessError) console.error(`${service.name}: ${error.message}`)
    else logger.fatal(describeError(error), 'could not start')
    await shutdown.begin('the start failed', 1)
  }
}

function readConfigOrExit<Schema extends ServiceConfig>({ name, configSchema }: Service<Schema>): z.output<Schema> {
  try {
    return readConfig(configSchema, process.env)
  } catch (error) {
    if (error instanceof ConfigError) exitForConfig(name, error)
    throw error
  }
}

function exitForConfig(name: string, error: ConfigError): never {
  console.error(`${name}: ${error.message}`)
  process.exit(EXIT_CONFIG)
}
