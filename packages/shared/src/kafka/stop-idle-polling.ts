import { createRequire } from 'node:module'

interface RequestQueue {
  readonly pending: readonly unknown[]
  scheduleCheckPendingRequests(): void
}

// Internal to kafkajs, therefore without types; the version is pinned by the lockfile.
const require = createRequire(import.meta.url)
const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
const schedule = prototype.scheduleCheckPendingRequests

/**
 * kafkajs 2.2.4 looks for requests that wait to be sent again and again: a thousand times a second on every connection
 * that ever had a response, because the delay it computes is negative where nothing is throttled (its issue #1751). That
 * was half of an idle consumer's processor time. After this it looks only while a request waits; whatever makes one
 * wait schedules the first look.
 */
export function stopIdlePolling(): void {
  prototype.scheduleCheckPendingRequests = scheduleWhilePending
}

function scheduleWhilePending(this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this)
}
