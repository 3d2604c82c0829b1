import type { IncomingMessage } from 'node:http'

export type Body =
  | { readonly kind: 'complete'; readonly bytes: Buffer }
  /** Not read any further than it took to know. */
  | { readonly kind: 'too_large' }
  | { readonly kind: 'aborted' }

/** Whether a request announces a longer body than `maxBytes`; false where it announces no length. */
export function announcesMoreThan(maxBytes: number, { headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return Number(headers['content-length'] ?? 0) > maxBytes
}

/**
 * Reads a request's raw body and keeps at most `maxBytes` of it. One that is longer is known at once where its length
 * was announced, otherwise with the first byte too many; the rest is left in the paused request. Never throws.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  return new Promise((resolve) => {
    if (announcesMoreThan(maxBytes, request)) {
      resolve({ kind: 'too_large' })
      return
    }
    let chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBytes) {
        chunks.push(chunk)
        return
      }
      chunks = []
      request.off('data', onData)
      request.off('end', onEnd)
      request.pause()
      resolve({ kind: 'too_large' })
    }
    const onEnd = () => {
      resolve({ kind: 'complete', bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size) })
    }
    request.on('data', onData)
    request.once('end', onEnd)
    request.once('close', () => resolve({ kind: 'aborted' }))
    request.once('error', () => resolve({ kind: 'aborted' }))
  })
}
