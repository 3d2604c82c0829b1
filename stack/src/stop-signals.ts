/** A second signal this soon is the same Ctrl-C: a terminal sends it to every process, and npm passes its own on. */
const SAME_WITHIN_MS = 1_000

/**
 * Listens for SIGINT, SIGTERM and SIGHUP.
 * @returns `asked`, aborted by the first; `forced` is called at one that comes again later
 */
export function onStopSignals(forced: () => void): AbortSignal {
  const asked = new AbortController()
  let firstAt: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (firstAt === undefined) {
        firstAt = performance.now()
        asked.abort(new Error(`stopped by ${signal}`))
      } else if (performance.now() - firstAt > SAME_WITHIN_MS) forced()
    })
  }
  return asked.signal
}
