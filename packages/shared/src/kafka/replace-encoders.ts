import { createRequire } from 'node:module'
import { crc32c } from './rules/crc32c.ts'
import { encodeRecord } from './rules/encode-record.ts'

// Internal to kafkajs, therefore without types; the version is pinned by the lockfile.
const require = createRequire(import.meta.url)
const RECORD = require.resolve('kafkajs/src/protocol/recordBatch/record/v0')
const CHECKSUM = require.resolve('kafkajs/src/protocol/recordBatch/crc32C')

/**
 * kafkajs 2.2.4 encodes each header of a record in a zeroed buffer of its own, grows each record's buffer while it is
 * written, makes a buffer for every number, and computes checksums byte by byte. After this, records are written once, into
 * a buffer of their size, and checksums eight bytes at a time: byte for byte the same requests (the tests compare) for
 * less than a third of the processor time (docs/performance.md).
 * Must come before the first request is encoded: kafkajs loads its encoders as late as that.
 */
export function replaceEncoders(): void {
  replace(RECORD, encodeRecord)
  replace(CHECKSUM, crc32c)
}

function replace(path: string, own: unknown): void {
  require(path)
  const loaded = require.cache[path]
  if (loaded !== undefined) loaded.exports = own
}
