import { rename, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { HOST, type Part } from './parts/part.ts'
import type { StackDirectory } from './stack-directory.ts'
import { StackError } from './stack-error.ts'
import { choosePort } from './state/ports.ts'
import { type ProcessEvent, ProcessFailed } from './supervisor/process-spec.ts'
import { type Supervised, superviseProcess } from './supervisor/supervise-process.ts'

/** How often another port is chosen because someone else took the first between choosing and binding it. */
const PORT_TRIES = 3
/** A log that is larger at a start is put aside, so that logs do not grow for ever. */
const LARGEST_LOG_BYTES = 20 * 1024 * 1024

/** A part that is ready on its port. */
export type RunningPart = { readonly part: Part; readonly port: number; readonly process: Supervised }

/**
 * Starts one part and waits until it is ready.
 * @param own gets the process at once, so that it can be stopped while it still starts
 * @throws StackError `part_failed` with the part's last words and where its log is, or `port_in_use`
 */
export async function startPart(
  part: Part,
  directory: StackDirectory,
  options: {
    readonly env: NodeJS.ProcessEnv
    readonly lastPort: number | undefined
    readonly watch: (event: ProcessEvent) => void
    readonly own: (process: Supervised) => void
  },
): Promise<RunningPart> {
  const want = {
    variable: part.portVariable,
    defaultPort: part.defaultPort,
    lastPort: options.lastPort,
    what: part.name,
  }
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(options.env, want)
    const spec = await part.prepare(directory, port)
    await setAsideLargeLog(spec.logFile)
    const process = superviseProcess(spec, options.watch)
    options.own(process)
    try {
      await process.firstReady
      return { part, port, process }
    } catch (error) {
      if (!(error instanceof ProcessFailed)) throw error
      if (attempt < PORT_TRIES && !(await isFree(port))) continue
      throw new StackError(
        'part_failed',
        `${part.title} did not start: ${error.message}. Its log is ${spec.logFile}; if its data is damaged, "npm run stack:reset" deletes the data of this stack.`,
        error,
      )
    }
  }
}

async function setAsideLargeLog(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  )
  if (size > LARGEST_LOG_BYTES) await rename(logFile, logFile.replace(/\.log$/, '.previous.log'))
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, HOST, () => server.close(() => resolve(true)))
  })
}
