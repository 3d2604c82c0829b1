import { type FileHandle, open } from 'node:fs/promises'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'

export interface Reject {
  readonly line: number
  readonly reason: string
  /** The row as it was read. */
  readonly row: unknown
}

export interface RejectFile {
  readonly path: string
  write(reject: Reject): Promise<void>
  close(): Promise<void>
}

const FLUSH_BYTES = 64 * 1024

/**
 * The file that bad rows go to, one JSON object each; made (and what it held before dropped) with the first of them.
 * Only its owner may read it: rows hold people's data.
 * @throws AppError `unwritable_file` (permanent).
 */
export function openRejectFile(path: string): RejectFile {
  let file: FileHandle | undefined
  let lines: string[] = []
  let bytes = 0
  const flush = async () => {
    if (lines.length === 0) return
    try {
      file ??= await open(path, 'w', 0o600)
      await file.appendFile(lines.join(''))
    } catch (error) {
      throw new AppError(`the rejects file ${path} cannot be written (${(error as Error).message}): name another one`, {
        code: 'unwritable_file',
        fate: 'permanent',
        cause: error,
      })
    }
    lines = []
    bytes = 0
  }
  return {
    path,
    write: async (reject) => {
      const line = `${JSON.stringify(reject)}\n`
      lines.push(line)
      bytes += line.length
      if (bytes >= FLUSH_BYTES) await flush()
    },
    close: async () => {
      await flush()
      await file?.close()
    },
  }
}
