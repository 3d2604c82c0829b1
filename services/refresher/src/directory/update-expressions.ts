import type { ChangeStamp } from '@buyer-group/shared/mongo/collections.ts'
import type { Document } from 'mongodb'

/** Keeps a value from being read as an expression: a title may well begin with a dollar sign. */
export const literal = (value: unknown): Document => ({ $literal: value })

/** The stamp of the stored document's last change; an empty document, older than every stamp, where there is none. */
export const storedStamp: Document = { at: '$changedAt', by: '$changedBy' }

/** Is `stamp` newer than the stored one? MongoDB compares embedded documents field by field: by time, then by key. */
export const isNewer = (stored: Document | string, stamp: ChangeStamp): Document => ({
  $lt: [stored, literal({ at: stamp.at, by: stamp.by })],
})
