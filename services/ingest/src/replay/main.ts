import { Command, InvalidArgumentError } from 'commander'
import { countEventLines, readEventLines } from './read-event-lines.ts'
import { isAllTaken, type ReplayReport, replayEvents } from './replay-events.ts'
import { describeAnswers, showProgress } from './show-progress.ts'

interface ReplayFlags {
  readonly target: string
  readonly rate?: number
  readonly concurrency: number
  readonly limit?: number
}

const positive = (text: string): number => {
  if (!/^\d+$/.test(text) || Number(text) < 1) throw new InvalidArgumentError('expected a whole number above 0.')
  return Number(text)
}

const webUrl = (text: string): string => {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) throw new InvalidArgumentError('expected an http(s) address.')
  return text
}

const command = new Command('replay')
  .description('Signs the events of a file with WEBHOOK_SECRET and posts them to ingest, as a provider would.')
  .argument('<file>', 'events, one JSON object a line; .gz is recognised')
  .option('--target <url>', 'where ingest listens', webUrl, `http://127.0.0.1:${process.env.INGEST_PORT || 3000}`)
  .option('--rate <n>', 'most events a second (as many as ingest takes by default)', positive)
  .option('--concurrency <n>', 'most events under way at once', positive, 64)
  .option('--limit <n>', 'only the first events', positive)
  .showHelpAfterError()
  .action(replay)

async function replay(file: string, { target, rate, concurrency, limit }: ReplayFlags): Promise<void> {
  const [secret] = (process.env.WEBHOOK_SECRET ?? '').split(',').map((text) => text.trim())
  if (!secret) {
    throw new Error('WEBHOOK_SECRET is not set and no local stack runs: set it to the secret that ingest has.')
  }
  const total = await countEventLines(file, limit)
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const progress = showProgress(total, process.stderr)
  const report = await replayEvents({
    events: readEventLines(file, limit),
    target,
    secret,
    ratePerSecond: rate,
    concurrency,
    signal: stop.signal,
    onProgress: progress.update,
  }).finally(progress.end)
  console.log(describe(report))
  if (stop.signal.aborted) console.error(`stopped before the end: ${total - report.sent} events were not sent`)
  if (!isAllTaken(report) || stop.signal.aborted) process.exitCode = 1
}

function describe(report: ReplayReport): string {
  const seconds = report.durationMs / 1_000
  const { p50, p99, max } = report.latencyMs
  const refused = Object.entries(report.refused).map(([code, count]) => `${count} refused (${code})`)
  const failed = Object.entries(report.failed).map(([code, count]) => `${count} not taken in time (${code})`)
  return [
    `${report.sent} events in ${seconds.toFixed(1)} s, ${Math.round(report.sent / seconds)}/s: ${[
      `${report.accepted} accepted`,
      `${report.repeated} repeated`,
      ...refused,
      ...failed,
    ].join(', ')}`,
    `answers: ${describeAnswers(report)}; latency p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms`,
  ].join('\n')
}

try {
  await command.parseAsync()
} catch (error) {
  console.error(`replay: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
