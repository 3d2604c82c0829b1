import { significancePolicySchema } from '@buyer-group/rules/significance/significance-policy.ts'
import { DEFAULT_SIGNIFICANT_TYPES } from '@buyer-group/rules/significance/significant-types.ts'
import { readConfig } from '@buyer-group/shared/config/read-config.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { logWarnings } from '@buyer-group/shared/logging/log-warnings.ts'
import { collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { connectForCommand } from '@buyer-group/shared/setup/connect-for-command.ts'
import { runCli } from '@buyer-group/shared/setup/run-cli.ts'
import { Command } from 'commander'
import { asDuration, asTime } from '../command-line/option-parsers.ts'
import { requireJsonFile } from '../command-line/require-json-file.ts'
import { auditDeployment } from './audit-deployment.ts'
import { auditConfig } from './config.ts'
import { requireKafka } from './require-kafka.ts'
import { formatAudit } from './rules/format-audit.ts'
import { waitUntilSettled } from './wait-until-settled.ts'

interface Arguments {
  readonly since: Date
  readonly until?: Date
  /** Milliseconds. */
  readonly window?: number
  readonly json?: true
  readonly wait?: true
}

/** Exit codes of sysexits.h: EX_USAGE for arguments, EX_SOFTWARE for an audit that could not be made. */
const EXIT_USAGE = 64
const EXIT_SOFTWARE = 70

/** Longer than a message waits in the last retry topic by default: nothing seems to move meanwhile. */
const LONGEST_RETRY_MS = 15 * 60_000

const program = new Command('npm run audit --')
  .description('Says what became of every accepted event, and which delivery guarantees do not hold. Reads only.')
  .requiredOption('--since <time>', 'events taken from then on: 2h, 7d, a date or RFC 3339', asTime)
  .option('--until <time>', 'events taken before then', asTime)
  .option('--window <duration>', 'the refresh window (default: REFRESH_WINDOW, or 1h)', asDuration)
  .option('--json', 'print the report as JSON')
  .option('--wait', 'wait first until nothing is in flight (for a system that gets no events)')
  .addHelpText(
    'after',
    `
Exits 0 when every event is accounted for (also in flight or dead-lettered), 1 with the list of what is not,
64 for wrong arguments, 78 for a wrong configuration, 69 when a part does not answer, 70 when the audit itself fails.`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE))
  .action(async (options: Arguments) => {
    if (options.until !== undefined && options.until <= options.since) {
      program.error('error: --until must be later than --since')
    }
    let isDone = false
    await runCli('audit', async () => {
      await audit(options)
      isDone = true
    })
    // 1 says that events are not accounted for, never that nobody could look.
    if (!isDone && process.exitCode === 1) process.exitCode = EXIT_SOFTWARE
  })

await program.parseAsync()

async function audit({ since, until, window, json, wait }: Arguments): Promise<void> {
  const config = readConfig(auditConfig, process.env)
  const { SIGNIFICANCE_POLICY: policy } = config
  const significantTypes =
    policy === undefined
      ? (config.SIGNIFICANT_TYPES ?? DEFAULT_SIGNIFICANT_TYPES)
      : (await requireJsonFile('SIGNIFICANCE_POLICY', policy, significancePolicySchema)).significantTypes
  const logger = createLogger('audit', config.LOG_LEVEL)
  logWarnings(logger)
  const { client, db } = await connectForCommand({
    uri: config.MONGODB_URI,
    database: config.MONGODB_DATABASE,
    appName: 'audit',
  })
  try {
    const windowMs = window ?? config.REFRESH_WINDOW
    const target = {
      kafka: createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'audit', logger }),
      collections: collectionsOf(db),
      topicPrefix: config.TOPIC_PREFIX,
      schemaRegistryUrl: config.SCHEMA_REGISTRY_URL,
    }
    await requireKafka(target.kafka, config.KAFKA_BROKERS)
    if (wait) {
      await waitUntilSettled({
        ...target,
        stalledAfterMs: windowMs + LONGEST_RETRY_MS,
        onPoll: (open) => logger.info({ ...open }, 'waiting until nothing is in flight'),
      })
    }
    const report = await auditDeployment({
      ...target,
      windowMs,
      since: since.getTime(),
      until: until?.getTime(),
      significantTypes: new Set(significantTypes),
    })
    console.log(json ? JSON.stringify(report, null, 2) : formatAudit(report))
    process.exitCode = report.violations.length === 0 ? 0 : 1
  } finally {
    await client.close()
  }
}
