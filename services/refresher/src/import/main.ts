import { readConfig } from '@buyer-group/shared/config/read-config.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { migrate } from '@buyer-group/shared/mongo/migrations/migrate.ts'
import { connectForCommand } from '@buyer-group/shared/setup/connect-for-command.ts'
import { runCli } from '@buyer-group/shared/setup/run-cli.ts'
import { Command, InvalidArgumentError, Option } from 'commander'
import { importConfig } from './config.ts'
import { type ImportOptions, type ImportSummary, importDirectory } from './import-directory.ts'
import { readMapping } from './read-mapping.ts'
import { describeSummary } from './rules/describe-summary.ts'
import type { Format } from './rules/detect-format.ts'
import type { Columns } from './rules/directory-row.ts'
import { parseAsOf } from './rules/parse-as-of.ts'
import { showProgress } from './show-progress.ts'

interface Arguments {
  readonly source: string
  readonly asOf: Date
  readonly snapshot?: true
  readonly map?: Columns
  readonly format?: Format
  readonly rejects?: string
  readonly companyPrefix?: string
  readonly dryRun?: true
}

/** The names that `WEBHOOK_SOURCES` allows: an import and the events of one provider must find the same people. */
const SOURCE_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}$/

const program = new Command('npm run import --')
  .description('Imports people and their positions into the local directory.')
  .argument('<file>', 'NDJSON or CSV with a header row, gzip or not')
  .requiredOption('--source <name>', 'the provider; its events find the people by their ids there', parseSource)
  .addOption(
    new Option('--as-of <time>', 'when the file was true (date or RFC 3339); later changes win')
      .argParser(orInvalid(asOfNow))
      .default(new Date(), 'now'),
  )
  .option(
    '--snapshot',
    "end the positions at the file's companies that are older and not in the file, whoever told of them; companies that the file does not name keep theirs",
  )
  .option(
    '--map <columns>',
    'field=Column,... or a JSON file; fields: companyId, personId, name, ...',
    orInvalid(readMapping),
  )
  .addOption(new Option('--format <format>', 'told by the content otherwise').choices(['csv', 'ndjson']))
  .option('--rejects <file>', 'where bad rows go (default: <file>.rejects.ndjson)')
  .option('--company-prefix <text>', "put before company ids, as COMPANY_ID_PREFIXES does for the source's events")
  .option('--dry-run', 'read and check the file, write nothing to the database')
  .addHelpText(
    'after',
    `
Exits 0 when rows were imported, even if some were rejected (it says so), 1 when nothing was.
What is stored from the same or a later time stays, so that running it again changes nothing.
An import changes the directory; a company's buyer group follows with its next refresh.`,
  )
  .action((file: string, options: Arguments) => runCli('import', () => run(file, options)))

await program.parseAsync()

async function run(file: string, args: Arguments): Promise<void> {
  const { source, asOf, snapshot, map: mapping, format, companyPrefix, dryRun } = args
  const rejectsFile = args.rejects ?? `${file}.rejects.ndjson`
  const options = { file, source, asOf, snapshot, mapping, format, companyPrefix, rejectsFile }
  const progress = showProgress(process.stderr)
  const shown = { ...options, onProgress: progress.update }
  const summary = await (dryRun ? importDirectory({ ...shown, collections: null }) : importInto(shown)).finally(
    progress.stop,
  )
  const facts = { ...summary, rejectsFile, isSnapshot: snapshot === true, isDryRun: dryRun === true }
  for (const line of describeSummary(facts)) console.log(line)
  if (summary.imported === 0) process.exitCode = 1
}

async function importInto(options: Omit<ImportOptions, 'collections'>): Promise<ImportSummary> {
  const config = readConfig(importConfig, process.env)
  const { client, db } = await connectForCommand({
    uri: config.MONGODB_URI,
    database: config.MONGODB_DATABASE,
    appName: 'import',
  })
  try {
    // The unique indexes keep two imports from making one person twice.
    await migrate(db, createLogger('import', config.LOG_LEVEL))
    return await importDirectory({ ...options, collections: collectionsOf(db) })
  } finally {
    await client.close()
  }
}

function asOfNow(text: string): Date {
  return parseAsOf(text, new Date())
}

function parseSource(name: string): string {
  if (SOURCE_NAME.test(name)) return name
  throw new InvalidArgumentError('A source is letters, digits, dots, dashes and underscores, at most 64.')
}

/** A parser whose errors commander prints with the option that they are about. */
function orInvalid<Value>(parse: (text: string) => Value): (text: string) => Value {
  return (text) => {
    try {
      return parse(text)
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message)
    }
  }
}
