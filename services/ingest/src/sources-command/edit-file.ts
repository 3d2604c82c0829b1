import { open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'

/**
 * Replaces a file at once with what `edit` makes of its text: no reader sees half of it, and its mode and, where this
 * process may set it, its owner stay. A link stays one. Two edits at once are refused.
 * @throws AppError `edit_under_way` for another edit, and what `edit` throws; the file is then as it was.
 */
export async function editFile(path: string, edit: (text: string) => string | Promise<string>): Promise<void> {
  const target = await realpath(path)
  const temporary = `${target}.edit`
  const { mode, uid, gid } = await stat(target)
  const handle = await open(temporary, 'wx', mode).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? underWay(temporary, error) : error
  })
  try {
    await handle.writeFile(await edit(await readFile(target, 'utf8')))
    await handle.chmod(mode)
    await keepOwner(handle, uid, gid)
    await handle.sync()
    await rename(temporary, target)
  } catch (error) {
    await unlink(temporary)
    throw error
  } finally {
    await handle.close()
  }
}

/**
 * Writes a new file that its owner alone may read.
 * @throws Error EEXIST where there is one of that name.
 */
export async function writePrivateFile(path: string, text: string, like: { uid: number; gid: number }): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await keepOwner(handle, like.uid, like.gid)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** So that the service can still read what root has written; anybody else may only keep what is theirs. */
async function keepOwner(handle: { chown(uid: number, gid: number): Promise<void> }, uid: number, gid: number) {
  if (process.getuid?.() === 0) await handle.chown(uid, gid)
}

function underWay(temporary: string, cause: unknown): AppError {
  return new AppError(`Another edit is under way, or one was cut off: if none is, remove ${temporary}`, {
    code: 'edit_under_way',
    fate: 'permanent',
    cause,
  })
}
