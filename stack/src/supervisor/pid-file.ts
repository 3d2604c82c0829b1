import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { processIdentity } from './process-identity.ts'

const PidFile = z.object({ pid: z.int().positive(), identity: z.string() })

/** A process that a pid file names and that still lives. */
export type LiveProcess = z.infer<typeof PidFile>

/** Records a live process; with `exclusive` it fails with EEXIST when the file is there already. */
export function writePidFile(path: string, pid: number, options: { exclusive?: boolean } = {}): void {
  const identity = processIdentity(pid)
  if (identity === undefined) return // it has died meanwhile; there is nothing to find again
  mkdirSync(dirname(path), { recursive: true })
  // Written beside and moved, so that nobody ever reads half a file.
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, `${JSON.stringify({ pid, identity })}\n`)
  if (!options.exclusive) {
    renameSync(temporary, path)
    return
  }
  try {
    linkSync(temporary, path)
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** The process that the file names, if it still lives and is the very one that was recorded, not a later one of its id. */
export function readPidFile(path: string): LiveProcess | undefined {
  try {
    const recorded = PidFile.parse(JSON.parse(readFileSync(path, 'utf8')))
    return processIdentity(recorded.pid) === recorded.identity ? recorded : undefined
  } catch {
    return undefined // no file, or one of another kind
  }
}

export function removePidFile(path: string): void {
  rmSync(path, { force: true })
}

/**
 * Takes a lock for this process: true, or the live process that holds it. A lock of a dead process is taken over.
 */
export function lockForThisProcess(path: string): true | LiveProcess {
  for (;;) {
    try {
      writePidFile(path, process.pid, { exclusive: true })
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = readPidFile(path)
    if (holder) return holder
    removePidFile(path)
  }
}
