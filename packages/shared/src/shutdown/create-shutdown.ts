import type { Logger } from '../logging/create-logger.ts'

export interface Shutdown {
  /** What opens a resource registers its release here; releases run in reverse order, each awaited. */
  register(name: string, release: () => Promise<void> | void): void
  /** Aborted as soon as the shutdown begins. */
  readonly signal: AbortSignal
  /** Releases everything and exits: 0 when drained, `exitCode` if given, 1 when the deadline passed or a release failed. */
  begin(reason: string, exitCode?: number): Promise<void>
}

/**
 * The orderly end of a process: SIGTERM and SIGINT begin it, a second signal is ignored while it drains.
 * A release that fails is logged and the others still run. `timeoutMs` bounds the whole; then the process exits 1.
 */
export function createShutdown(
  logger: Logger,
  timeoutMs: number,
  exit: (code: number) => void = process.exit,
): Shutdown {
  const releases: { name: string; release: () => Promise<void> | void }[] = []
  const controller = new AbortController()
  let running: Promise<void> | undefined

  const run = async (reason: string, exitCode: number) => {
    logger.info({ reason }, 'draining')
    controller.abort(new Error(`shutting down: ${reason}`))
    const deadline = setTimeout(() => {
      logger.error({ timeoutMs }, 'not drained in time, giving up')
      exit(1)
    }, timeoutMs)
    let code = exitCode
    for (const { name, release } of releases.reverse()) {
      try {
        await release()
      } catch (error) {
        code = code === 0 ? 1 : code
        logger.error({ resource: name, error: error instanceof Error ? error.message : 'unknown' }, 'release failed')
      }
    }
    clearTimeout(deadline)
    logger.info({ exitCode: code }, 'stopped')
    exit(code)
  }

  const begin = (reason: string, exitCode = 0) => {
    running ??= run(reason, exitCode)
    return running
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void begin(signal))

  return {
    register: (name, release) => {
      releases.push({ name, release })
    },
    signal: controller.signal,
    begin,
  }
}
