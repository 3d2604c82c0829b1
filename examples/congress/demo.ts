import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { logWarnings } from '@buyer-group/shared/logging/log-warnings.ts'
import { runCli } from '@buyer-group/shared/setup/run-cli.ts'
import { Command, InvalidArgumentError } from 'commander'
import { onStopSignals } from '../../stack/src/stop-signals.ts'
import { findAddresses } from './src/find-addresses.ts'
import { formatReport, isSuccess } from './src/rules/format-report.ts'
import { runDemo } from './src/run-demo.ts'

interface Options {
  readonly limit?: number
  readonly concurrency: number
  readonly keep?: boolean
}

/** What a shell reports of a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130

const positive = (text: string): number => {
  if (!/^\d+$/.test(text) || Number(text) < 1) throw new InvalidArgumentError('expected a whole number above 0.')
  return Number(text)
}

await new Command('npm run demo --')
  .description('Replays 13 years of real person changes through the whole pipeline and compares with the true end.')
  .option('--limit <n>', 'only the first events; the end is then that of those', positive)
  .option('--concurrency <n>', 'most events under way at once', positive, 128)
  .option('--keep', 'leave the topics and the database of this run in place')
  .addHelpText('after', '\nExits 0 only if every company ends as it should.')
  .action((options: Options) => runCli('demo', () => demo(options)))
  .parseAsync()

async function demo({ limit, concurrency, keep = false }: Options): Promise<void> {
  const logger = createLogger('demo', 'fatal')
  logWarnings(logger)
  const say = (line: string) => console.error(line)
  const signal = onStopSignals(() => process.exit(EXIT_INTERRUPTED))
  const { addresses, stop } = await findAddresses(process.env, say, signal)
  try {
    const report = await runDemo({ addresses, limit, concurrency, keep, logger, say, signal })
    console.log(['', ...formatReport(report)].join('\n'))
    if (!isSuccess(report)) process.exitCode = 1
  } catch (error) {
    if (!signal.aborted) throw error
    say('Stopped before the end; what this run made is taken away.')
    process.exitCode = EXIT_INTERRUPTED
  } finally {
    await stop()
  }
}
