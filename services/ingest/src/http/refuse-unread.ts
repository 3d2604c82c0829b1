import type { IncomingMessage } from 'node:http'
import type { Answer } from '../answer.ts'
import type { IngestMetrics } from '../metrics.ts'
import { problem } from '../problems.ts'
import { MAX_HEADERS } from './connection-limits.ts'

/** What to answer a request with before its address is looked at or its body is read; undefined where it is taken. */
export type RefuseUnread = (request: Pick<IncomingMessage, 'rawHeaders'>) => Answer | undefined

/** Refuses a request with more headers than are read. */
export function createRefuseUnread(metrics: Pick<IngestMetrics, 'unreadRequests'>): RefuseUnread {
  return ({ rawHeaders }) => {
    // Names and values in turn.
    if (rawHeaders.length <= 2 * MAX_HEADERS) return undefined
    metrics.unreadRequests.inc({ reason: 'headers_too_large' })
    return problem('headers_too_large', `Send at most ${MAX_HEADERS} headers.`, { headers: { connection: 'close' } })
  }
}
