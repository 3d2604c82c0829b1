import type { Versioned } from './content-version.ts'
import { ConfigError } from './read-config.ts'
import type { ReloadMetrics, ReloadOutcome } from './reload-metrics.ts'
import { type WatchFile, watchFileChanges } from './watch-file.ts'

export interface ReloadingOptions<Value> {
  /** The variable that names the file, for messages and metrics. */
  readonly variable: string
  readonly path: string
  /** Makes the value of what the file holds now. Never throws. */
  read(): Promise<Loaded<Value>>
  /** Why a change is not wanted though it could be used, in words that go on after the file's name; not asked at the start. */
  refuseChange?(next: Value): string | undefined
  readonly logger: ReloadLogger
  readonly metrics?: ReloadMetrics | undefined
  /** Told after each change of the file has been taken or refused. */
  readonly onReload?: ((outcome: ReloadOutcome) => void) | undefined
  readonly watch?: WatchFile | undefined
}

export type Loaded<Value> = {
  /** Other files that it depends on, there or not: they are watched too. */
  readonly files?: readonly string[]
} & (
  | {
      readonly ok: true
      readonly current: Versioned<Value>
      /** Equal for values that need no reload, where its version does not say all; never shown. */
      readonly identity?: string
    }
  /** Words that go on after the file's name. */
  | { readonly ok: false; readonly problem: string }
)

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

/**
 * What a file says, read now and again whenever it or another that it depends on changes, or the process gets SIGHUP.
 * A change that cannot be used (half written, not valid, gone) is refused with one log line, and the value before stays
 * in use.
 * @throws ConfigError (exit code 78) where the file cannot be used at the start, naming every issue.
 */
export async function openReloading<Value>(options: ReloadingOptions<Value>): Promise<ReloadingFile<Value>> {
  const { variable, path, logger, metrics, onReload } = options

  // Watched before it is read: a change in between would never be seen.
  const reloads = oneAtATime(() => reload())
  const watched = watchAll(options.watch ?? watchFileChanges, reloads.ask)
  watched.follow([path])
  process.on('SIGHUP', reloads.ask)
  const close = () => {
    watched.close()
    process.off('SIGHUP', reloads.ask)
  }
  const read = async () => {
    const loaded = await options.read()
    // A file that was not watched yet may have changed since it was read.
    if (watched.follow([path, ...(loaded.files ?? [])])) reloads.ask()
    return loaded
  }

  const first = await read()
  if (!first.ok) {
    close()
    throw new ConfigError(`${variable} names the file ${path}, which ${first.problem}.`)
  }
  let inUse = first
  let refused: string | undefined
  metrics?.opened(variable)

  const report = (outcome: ReloadOutcome) => {
    metrics?.changed(variable, outcome)
    onReload?.(outcome)
  }

  const judge = (next: Loaded<Value>): Loaded<Value> => {
    if (!next.ok || identityOf(next) === identityOf(inUse)) return next
    const problem = options.refuseChange?.(next.current.value)
    return problem === undefined ? next : { ok: false, problem }
  }

  const reload = async () => {
    const next = judge(await read())
    const from = inUse.current.version
    if (!next.ok) {
      // Several signs of one change, and a file that is still as bad as it was, are told once.
      if (next.problem === refused) return
      refused = next.problem
      logger.error({ variable, path, version: from }, `the changed file ${next.problem}; it is not used`)
      return report('refused')
    }
    if (identityOf(next) === identityOf(inUse) && refused === undefined) return
    refused = undefined
    inUse = next
    logger.info({ variable, path, from, to: next.current.version }, 'the changed file is in use')
    report('reloaded')
  }

  reloads.start()
  return { current: () => inUse.current, close }
}

const identityOf = ({ current, identity = current.version }: Loaded<unknown> & { ok: true }) => identity

/** Watches as many files as are named at a time. */
function watchAll(watch: WatchFile, onChange: () => void) {
  const stops = new Map<string, () => void>()
  let isClosed = false
  return {
    /** Watches these and no others any more; whether one of them was not watched before. */
    follow: (paths: readonly string[]): boolean => {
      if (isClosed) return false
      const fresh = paths.filter((path) => !stops.has(path))
      for (const [path, stop] of stops) {
        if (paths.includes(path)) continue
        stop()
        stops.delete(path)
      }
      for (const path of new Set(fresh)) stops.set(path, watch(path, onChange))
      return fresh.length > 0
    },
    close: () => {
      isClosed = true
      for (const stop of stops.values()) stop()
    },
  }
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
