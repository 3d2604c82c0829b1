import { type FSWatcher, unwatchFile, watch, watchFile } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

/** Calls `onChange` whenever the file may have changed, until the returned function is called. */
export type WatchFile = (path: string, onChange: () => void) => () => void

/** Catches what the directory's events miss: network file systems, a link whose target is rewritten elsewhere. */
const POLL_MS = 5_000

/** Editors and `kubectl` write in several steps; what follows within this time is one change. */
const SETTLE_MS = 100

/** The link that a Kubernetes volume swaps; the file's own link beside it never changes. */
const KUBERNETES_DATA = '..data'

/**
 * Watches one file by two means: its directory's events (which survive a replacement by rename, unlike a watch of the
 * file itself), and a slow poll of what the path leads to. The file need not be there. Holds no process open.
 */
export const watchFileChanges: WatchFile = (path, onChange) => {
  const file = resolve(path)
  let settling: NodeJS.Timeout | undefined
  const settle = () => {
    clearTimeout(settling)
    settling = setTimeout(onChange, SETTLE_MS).unref()
  }
  const directory = watchDirectory(dirname(file), new Set([basename(file), KUBERNETES_DATA]), settle)
  watchFile(file, { persistent: false, interval: POLL_MS }, settle)
  return () => {
    clearTimeout(settling)
    directory?.close()
    unwatchFile(file, settle)
  }
}

/** Undefined where the system gives no events (out of inotify watches, say): the poll is enough, only slower. */
function watchDirectory(path: string, names: ReadonlySet<string>, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, (_event, name) => {
      if (name === null || names.has(name)) onEvent()
    })
    return watcher.on('error', () => watcher.close())
  } catch {
    return undefined
  }
}
