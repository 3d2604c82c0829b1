import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { countEventLines, readEventLines } from '@buyer-group/ingest/replay/read-event-lines.ts'
import { replayEvents } from '@buyer-group/ingest/replay/replay-events.ts'
import { showProgress } from '@buyer-group/ingest/replay/show-progress.ts'
import { auditDeployment } from '@buyer-group/operations/audit/audit-deployment.ts'
import { describeOpen, type Open, waitUntilSettled } from '@buyer-group/operations/audit/wait-until-settled.ts'
import { importDirectory } from '@buyer-group/refresher/import/import-directory.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { compareWithTruth } from './compare-with-truth.ts'
import { type Addresses, type Deployment, openDeployment } from './open-deployment.ts'
import { FILES, SOURCE, START_AS_OF } from './read-congress.ts'
import { readOutcome } from './read-outcome.ts'
import type { DemoReport } from './rules/format-report.ts'
import { type RunningServices, startServices } from './start-services.ts'
import { type ResultsWatch, watchResults } from './watch-results.ts'

export interface DemoOptions {
  readonly addresses: Addresses
  /** Only the first events. */
  readonly limit?: number | undefined
  readonly concurrency: number
  /** Leave topics and database in place. */
  readonly keep: boolean
  readonly logger: Logger
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

const WINDOW_MS = 2_000

/**
 * The whole job on real input: imports the start of the directory, runs the services, posts every event through the
 * signed endpoint, waits until every window has closed, audits what became of each event, and compares with the true end.
 * @throws Error when a service ends on the way, or nothing moves any more.
 */
export async function runDemo(options: DemoOptions): Promise<DemoReport> {
  const { say } = options
  const deployment = await openDeployment(options.addresses, options.logger)
  say(`set up ${deployment.id}: topics, schemas and a database of its own`)
  try {
    const imported = await importStart(deployment)
    say(`imported ${imported.toLocaleString('en')} positions as of ${START_AS_OF}`)
    const services = await startServices(deployment, `${WINDOW_MS}ms`)
    say(`ingest listens at ${services.ingestUrl}; detector and refresher run, REFRESH_WINDOW=${WINDOW_MS / 1_000}s`)
    const results = await watchResults(deployment, options.addresses.SCHEMA_REGISTRY_URL)
    const stopped = new AbortController()
    const signal = AbortSignal.any([options.signal, stopped.signal])
    try {
      options.signal.throwIfAborted()
      const report = sendAndCompare({ ...options, signal }, deployment, services, results, imported)
      return await Promise.race([report, services.ended])
    } catch (error) {
      // A terminal's Ctrl-C reaches the services too: that they ended is then not what went wrong.
      options.signal.throwIfAborted()
      throw error
    } finally {
      stopped.abort()
      await results.stop()
      for (const problem of await services.stop()) say(`warning: ${problem}`)
    }
  } finally {
    if (options.keep) say(`kept: database ${deployment.env.MONGODB_DATABASE}, topics ${deployment.topicPrefix}*`)
    else await deployment.remove().catch((error: Error) => say(`warning: not all was taken away: ${error.message}`))
    await deployment.close()
  }
}

async function sendAndCompare(
  options: DemoOptions,
  deployment: Deployment,
  services: RunningServices,
  results: ResultsWatch,
  imported: number,
): Promise<DemoReport> {
  const { limit, signal, say } = options
  const replayed = await sendEvents(options, services)
  const lastPostAt = performance.now()
  signal.throwIfAborted()

  const taken = replayed.accepted + replayed.repeated
  let saidAt = lastPostAt
  const onPoll = (open: Open) => {
    if (performance.now() - saidAt < 5_000) return
    saidAt = performance.now()
    say(`waiting: ${describeOpen(open)}`)
  }
  const settled = await waitUntilSettled({ ...deployment, events: taken, signal, onPoll })
  while (results.delivered() < settled.counts.results) await delay(50, undefined, { signal })

  const outcome = await readOutcome(deployment.collections)
  const schemaRegistryUrl = options.addresses.SCHEMA_REGISTRY_URL
  const audit = await auditDeployment({ ...deployment, schemaRegistryUrl, windowMs: WINDOW_MS, signal })
  return {
    imported,
    sent: replayed.sent,
    accepted: replayed.accepted,
    repeated: replayed.repeated,
    refused: replayed.sent - taken,
    ...outcome,
    results: results.soFar(),
    deadLetters: settled.counts.deadLetters,
    sendingMs: replayed.durationMs,
    answer: replayed.latencyMs,
    windowMs: WINDOW_MS,
    drainMs: settled.at - lastPostAt,
    audit,
    comparison: await compareWithTruth(deployment.collections, limit),
  }
}

async function importStart({ id, collections }: Deployment): Promise<number> {
  const { imported } = await importDirectory({
    file: FILES.start,
    source: SOURCE,
    asOf: new Date(`${START_AS_OF}T00:00:00Z`),
    rejectsFile: join(tmpdir(), `${id}.rejects.ndjson`),
    collections,
  })
  return imported
}

async function sendEvents({ limit, concurrency, signal }: DemoOptions, { ingestUrl, secret }: RunningServices) {
  const progress = showProgress(await countEventLines(FILES.events, limit), process.stderr)
  return replayEvents({
    events: readEventLines(FILES.events, limit),
    target: ingestUrl,
    secret,
    concurrency,
    signal,
    onProgress: progress.update,
  }).finally(progress.end)
}
