import { ConfigError, EXIT_CONFIG, readConfig } from '@buyer-group/shared/config/read-config.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import { logWarnings } from '@buyer-group/shared/logging/log-warnings.ts'
import { createShutdown } from '@buyer-group/shared/shutdown/create-shutdown.ts'
import { type RefresherConfig, refresherConfigSchema } from './config.ts'
import { startRefresher } from './start-refresher.ts'

function readConfigOrExit(): RefresherConfig {
  try {
    return readConfig(refresherConfigSchema, process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(`refresher: ${error.message}`)
    return process.exit(EXIT_CONFIG)
  }
}

const config = readConfigOrExit()
const logger = createLogger('refresher', config.LOG_LEVEL)
logWarnings(logger)
const shutdown = createShutdown(logger, config.SHUTDOWN_TIMEOUT)
try {
  await startRefresher(config, logger, shutdown)
} catch (error) {
  logger.fatal(describeError(error), 'the refresher could not start')
  await shutdown.begin('start failed', 1)
}
