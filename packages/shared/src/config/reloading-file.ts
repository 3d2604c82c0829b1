import type { z } from 'zod'
import { type Json, type Versioned, versioned } from './content-version.ts'
import { ConfigError } from './read-config.ts'
import { readJsonFile } from './read-json-file.ts'
import type { ReloadMetrics, ReloadOutcome } from './reload-metrics.ts'
import { type WatchFile, watchFileChanges } from './watch-file.ts'

export interface ReloadingFileOptions<Schema extends z.ZodType<Json>> {
  /** The variable that names the file, for messages and metrics. */
  readonly variable: string
  readonly path: string
  /** Its output must be plain JSON, so that its content has a version. */
  readonly schema: Schema
  /** 256 KiB unless told otherwise. */
  readonly maxBytes?: number
  readonly logger: ReloadLogger
  readonly metrics?: ReloadMetrics
  /** Told after each change of the file has been taken or refused. */
  readonly onReload?: (outcome: ReloadOutcome) => void
  readonly watch?: WatchFile
}

/** As much of a logger as a reload needs. */
export interface ReloadLogger {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface ReloadingFile<Value> {
  /** The value in use; take it once for work that must not see two versions. */
  readonly current: () => Versioned<Value>
  /** Stops watching. */
  readonly close: () => void
}

const MAX_BYTES = 256 * 1024

/**
 * A JSON file that is read now and again whenever it changes or the process gets SIGHUP. A change that cannot be used
 * (half written, not valid, gone) is refused with one log line, and the value before stays in use.
 * @throws ConfigError (exit code 78) where the file cannot be used at the start, naming every issue.
 */
export async function openReloadingFile<Schema extends z.ZodType<Json>>(
  options: ReloadingFileOptions<Schema>,
): Promise<ReloadingFile<z.output<Schema>>> {
  const { variable, path, logger, metrics, onReload } = options
  const read = () => readJsonFile({ path, schema: options.schema, maxBytes: options.maxBytes ?? MAX_BYTES })

  // Watched before it is read: a change in between would never be seen.
  const reloads = oneAtATime(() => reload())
  const close = (options.watch ?? watchFileChanges)(path, reloads.ask)
  const first = await read()
  if (!first.ok) {
    close()
    throw new ConfigError(`${variable} names the file ${path}, which ${first.problem}.`)
  }
  let current: Versioned<z.output<Schema>> = versioned(first.value)
  let refused: string | undefined
  metrics?.opened(variable)

  const report = (outcome: ReloadOutcome) => {
    metrics?.changed(variable, outcome)
    onReload?.(outcome)
  }

  const reload = async () => {
    const next = await read()
    if (!next.ok) {
      // Several signs of one change, and a file that is still as bad as it was, are told once.
      if (next.problem === refused) return
      refused = next.problem
      logger.error({ variable, path, version: current.version }, `the changed file ${next.problem}; it is not used`)
      return report('refused')
    }
    const from = current.version
    const candidate = versioned(next.value)
    if (candidate.version === from && refused === undefined) return
    refused = undefined
    current = candidate
    logger.info({ variable, path, from, to: candidate.version }, 'the changed file is in use')
    report('reloaded')
  }

  reloads.start()
  return { current: () => current, close }
}

/** A value that is built in, where no file is named. */
export function builtIn<Value extends Json>(value: Value): ReloadingFile<Value> {
  const only = versioned(value)
  return { current: () => only, close: () => {} }
}

/**
 * Runs `work` once for any number of calls of `ask`, never twice at once, and once more for those that came while it
 * ran. What is asked for before `start` is done then. `work` must not fail.
 */
function oneAtATime(work: () => Promise<void>) {
  let isAsked = false
  let isBusy = true
  const run = async () => {
    isBusy = true
    while (isAsked) {
      isAsked = false
      await work()
    }
    isBusy = false
  }
  return {
    ask: () => {
      isAsked = true
      if (!isBusy) void run()
    },
    start: () => void run(),
  }
}
