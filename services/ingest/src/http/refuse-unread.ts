import type { IncomingMessage } from 'node:http'
import type { Answer } from '../answer.ts'
import type { IngestMetrics } from '../metrics.ts'
import { problem } from '../problems.ts'
import type { ShedLoad } from '../shed-load.ts'
import { MAX_HEADERS } from './connection-limits.ts'

/** What to answer a request with before its address is looked at or its body is read; undefined where it is taken. */
export type RefuseUnread = (
  request: Pick<IncomingMessage, 'rawHeaders' | 'httpVersion' | 'headers'>,
) => Answer | undefined

/**
 * Refuses a request with more headers than are read, and one that a proxy before us may have read in another way: of a
 * version that is not ours (Node's parser takes HTTP/0.9 and 2.0 too), for no host or several (RFC 9112, 3.2), or with a
 * transfer coding that is empty or older than such codings (RFC 9112, 6.1). Then what is too much at once.
 */
export function createRefuseUnread(shedLoad: ShedLoad, metrics: Pick<IngestMetrics, 'unreadRequests'>): RefuseUnread {
  const refuse = (code: 'headers_too_large' | 'bad_request', detail: string): Answer => {
    metrics.unreadRequests.inc({ reason: code })
    return problem(code, detail, { headers: { connection: 'close' } })
  }
  return ({ rawHeaders, httpVersion, headers }) => {
    // Names and values in turn.
    if (rawHeaders.length > 2 * MAX_HEADERS) return refuse('headers_too_large', `Send at most ${MAX_HEADERS} headers.`)
    if (httpVersion !== '1.1' && httpVersion !== '1.0') return refuse('bad_request', 'Send the request as HTTP/1.1.')
    const { host, 'transfer-encoding': coding } = headers
    if (coding === '' || (coding !== undefined && httpVersion === '1.0')) {
      return refuse('bad_request', 'Send the body with its length, or in chunks as HTTP/1.1.')
    }
    // Several are one text with a comma here, and the name of a host has none.
    const hasOneHost = host === undefined ? httpVersion === '1.0' : !host.includes(',')
    return hasOneHost ? shedLoad() : refuse('bad_request', 'Send one Host header, with one host.')
  }
}
