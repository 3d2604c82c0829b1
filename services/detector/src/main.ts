import { ConfigError, EXIT_CONFIG, readConfig } from '@buyer-group/shared/config/read-config.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import { logWarnings } from '@buyer-group/shared/logging/log-warnings.ts'
import { createShutdown } from '@buyer-group/shared/shutdown/create-shutdown.ts'
import { type DetectorConfig, detectorConfigSchema } from './config.ts'
import { startDetector } from './start-detector.ts'

function readConfigOrExit(): DetectorConfig {
  try {
    return readConfig(detectorConfigSchema, process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(`detector: ${error.message}`)
    return process.exit(EXIT_CONFIG)
  }
}

const config = readConfigOrExit()
const logger = createLogger('detector', config.LOG_LEVEL)
logWarnings(logger)
const shutdown = createShutdown(logger, config.SHUTDOWN_TIMEOUT)
try {
  await startDetector(config, logger, shutdown)
} catch (error) {
  logger.fatal(describeError(error), 'the detector could not start')
  await shutdown.begin('start failed', 1)
}
