import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'

/**
 * The lines of an NDJSON file, each as it stands there; gzip is recognised by its first bytes. Empty lines are left out.
 * @throws the file system's or zlib's error where the file cannot be read.
 */
export async function* readEventLines(path: string, limit = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  const isCompressed = await isGzip(path)
  const file = createReadStream(path)
  const bytes = isCompressed ? file.pipe(createGunzip()) : file
  // pipe() passes no errors on: a file that vanishes must not end as a short one.
  file.once('error', (error) => bytes.destroy(error))
  let count = 0
  try {
    for await (const line of createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() === '') continue
      if (count === limit) return
      count += 1
      yield line
    }
  } finally {
    file.destroy()
  }
}

/** How many lines `readEventLines` gives. */
export async function countEventLines(path: string, limit?: number): Promise<number> {
  let count = 0
  for await (const _line of readEventLines(path, limit)) count += 1
  return count
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path)
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer.readUInt16BE(0) === 0x1f8b
  } finally {
    await handle.close()
  }
}
