import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type LiveProcess, readPidFile, removePidFile } from './pid-file.ts'
import { stopProcess } from './stop-process.ts'

/** A process whose supervisor was killed and that runs on. */
export type Orphan = { readonly name: string; readonly process: LiveProcess; readonly pidFile: string }

/** The processes among the names that still run by their pid files. Ask only when no supervisor of theirs lives. */
export async function findOrphans(runDirectory: string, names: readonly string[]): Promise<Orphan[]> {
  const files = await readdir(runDirectory).catch(() => [])
  return files.flatMap((file) => {
    const name = basename(file, '.pid')
    const pidFile = join(runDirectory, file)
    const process = file.endsWith('.pid') && names.includes(name) ? readPidFile(pidFile) : undefined
    return process ? [{ name, process, pidFile }] : []
  })
}

/** Stops orphans side by side, telling of each. */
export async function stopOrphans(
  orphans: readonly Orphan[],
  withinMs: number,
  say: (line: string) => void,
): Promise<void> {
  await Promise.all(
    orphans.map(async ({ name, process, pidFile }) => {
      say(`${name}: still runs without its supervisor (process ${process.pid}); stopping it first`)
      await stopProcess(process, withinMs)
      removePidFile(pidFile)
    }),
  )
}
