import type { Document } from 'mongodb'
import { afterNow } from './claim-update.ts'
import type { NodeKey } from './node-filter.ts'

/** No node is called that: names have no brackets of this kind. */
const NODE = '(restarted)'

/**
 * The document that a restart leaves in place of what a version's nodes returned: a worker of that version which claims a
 * node meets it. It stands beside the claims because one bulk write writes to one collection, and is kept as long as they
 * are, which is longer than any worker of the old version.
 */
export function fenceOf({ run, version }: { readonly run: string; readonly version: string }): NodeKey {
  return { run, version, node: NODE, idempotencyKey: '' }
}

export function fenceUpdate(keptMs: number): Document[] {
  const now = { heldUntil: '$$NOW', startedAt: '$$NOW' }
  return [{ $set: { token: null, interrupted: false, ...now, expiresAt: afterNow(keptMs) } }]
}
