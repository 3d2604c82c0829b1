import { ConfigError, readConfig } from '@buyer-group/shared/config/read-config.ts'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { logWarnings } from '@buyer-group/shared/logging/log-warnings.ts'
import { collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { connectForCommand } from '@buyer-group/shared/setup/connect-for-command.ts'
import { runCli } from '@buyer-group/shared/setup/run-cli.ts'
import { Command } from 'commander'
import { requireKafka } from '../audit/require-kafka.ts'
import { asDuration, asTime, orInvalid } from '../command-line/option-parsers.ts'
import { type BacktestConfig, backtestConfig } from './config.ts'
import type { EventRange, EventSource } from './event-source.ts'
import { readSides } from './read-sides.ts'
import { openRetainedEvents } from './retained-events.ts'
import { formatBacktest } from './rules/format-backtest.ts'
import { runBacktest } from './run-backtest.ts'
import { openStoredEvents } from './stored-events.ts'

interface Arguments {
  readonly policy?: string
  readonly profile?: string
  readonly since: Date
  readonly until?: Date
  /** Milliseconds. */
  readonly window?: number
  readonly company?: string
  readonly fromTopic?: true
  readonly top: number
  readonly names?: true
  readonly json?: true
}

/** Exit codes of sysexits.h: EX_USAGE for arguments, EX_SOFTWARE for a backtest that could not be made. */
const EXIT_USAGE = 64
const EXIT_SOFTWARE = 70

const program = new Command('npm run backtest --')
  .description('Replays past events through a new policy or profile, and says what would differ from now. Reads only.')
  .option('--policy <file>', 'the significance policy to try (default: the one in use)')
  .option('--profile <file>', 'the buyer-group profile to try (default: the one in use)')
  .requiredOption('--since <time>', 'events taken from then on: 2h, 7d, a date or RFC 3339', asTime)
  .option('--until <time>', 'events taken before then (default: now)', asTime)
  .option('--window <duration>', 'the refresh window of both (default: REFRESH_WINDOW, or 1h)', asDuration)
  .option('--company <id>', 'look at this company alone')
  .option('--from-topic', 'read the events from Kafka (kept 14 days) in place of MongoDB (45 days)')
  .option('--top <n>', 'the most companies and the most differing groups to show', orInvalid(asCount), 10)
  .option('--names', 'show names and titles of members: personal data')
  .option('--json', 'print the report as JSON')
  .addHelpText(
    'after',
    `
Name --policy, --profile or both. Exits 0 with the report, 64 for wrong arguments, 78 for a wrong configuration or a
file that cannot be used, 69 when a part does not answer, 70 when the backtest itself fails.`,
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE))
  .action(async (options: Arguments) => {
    if (options.policy === undefined && options.profile === undefined) {
      program.error('error: name what to try: --policy, --profile or both')
    }
    if (options.until !== undefined && options.until <= options.since) {
      program.error('error: --until must be later than --since')
    }
    await runCli('backtest', () => backtest(options))
    if (process.exitCode === 1) process.exitCode = EXIT_SOFTWARE
  })

await program.parseAsync()

async function backtest(options: Arguments): Promise<void> {
  const config = readConfig(backtestConfig, process.env)
  const rules = await readSides(config, options)
  const range = { since: options.since, until: options.until ?? new Date() }
  const { client, db } = await connectForCommand({
    uri: config.MONGODB_URI,
    database: config.MONGODB_DATABASE,
    appName: 'backtest',
  })
  try {
    const collections = collectionsOf(db)
    const report = await runBacktest({
      source: options.fromTopic ? await openTopic(config, range) : openStoredEvents(collections, range),
      collections,
      ...rules,
      range,
      windowMs: options.window ?? config.REFRESH_WINDOW,
      companyId: options.company,
      withNames: options.names === true,
      maxShown: options.top,
    })
    console.log(options.json ? JSON.stringify(report, null, 2) : formatBacktest(report))
  } finally {
    await client.close()
  }
}

async function openTopic(config: BacktestConfig, range: EventRange): Promise<EventSource> {
  const { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: schemaRegistryUrl, TOPIC_PREFIX: topicPrefix } = config
  if (brokers === undefined) throw new ConfigError('KAFKA_BROKERS is required for --from-topic but not set.')
  if (schemaRegistryUrl === undefined) {
    throw new ConfigError('SCHEMA_REGISTRY_URL is required for --from-topic but not set.')
  }
  const logger = createLogger('backtest', config.LOG_LEVEL)
  logWarnings(logger)
  const kafka = createKafka({ brokers, clientId: 'backtest', logger })
  await requireKafka(kafka, brokers)
  return openRetainedEvents({ kafka, schemaRegistryUrl, topicPrefix }, range)
}

function asCount(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text)
  throw new Error(`"${text}" is no whole number up to 99999`)
}
