import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'

export interface Input {
  /** The beginning of the unpacked content, at least a header row's worth where there is that much. */
  readonly head: Buffer
  /** The whole unpacked content, the head included. */
  readonly chunks: AsyncIterable<Buffer>
  readonly totalBytes: number
  /** How much of the file has been read, packed as it is. */
  bytesRead(): number
  close(): void
}

const HEAD_BYTES = 64 * 1024

/**
 * Opens a file for reading from its beginning; gzip is recognised by its first two bytes, whatever the name.
 * @throws AppError `unreadable_file` (permanent), also while reading `chunks`.
 */
export async function openInput(path: string): Promise<Input> {
  const { isGzip, size } = await inspect(path)
  const file = createReadStream(path)
  const content: Readable = isGzip ? pipeline(file, createGunzip(), () => {}) : file
  const iterator: AsyncIterator<Buffer> = content[Symbol.asyncIterator]()
  const first: Buffer[] = []
  const next = async () => {
    try {
      return await iterator.next()
    } catch (error) {
      throw unreadable(path, isGzip ? 'its gzip data is damaged or cut off' : String((error as Error).message), error)
    }
  }
  for (let bytes = 0; bytes < HEAD_BYTES; ) {
    const { value, done } = await next()
    if (done) break
    first.push(value)
    bytes += value.length
  }
  async function* chunks() {
    yield* first
    for (let result = await next(); !result.done; result = await next()) yield result.value
  }
  return {
    head: Buffer.concat(first),
    chunks: chunks(),
    totalBytes: size,
    bytesRead: () => file.bytesRead,
    close: () => {
      content.destroy()
      file.destroy()
    },
  }
}

async function inspect(path: string): Promise<{ isGzip: boolean; size: number }> {
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    const { size } = await file.stat()
    return { isGzip: bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b, size }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : String(code)
    throw unreadable(path, reason, error)
  }
}

function unreadable(path: string, reason: string, cause: unknown): AppError {
  return new AppError(`${path} cannot be read: ${reason}`, { code: 'unreadable_file', fate: 'permanent', cause })
}
