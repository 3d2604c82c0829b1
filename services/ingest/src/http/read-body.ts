import type { IncomingMessage } from 'node:http'

export type Body =
  | { readonly kind: 'complete'; readonly bytes: Buffer }
  /** `drained`: all of it was read and thrown away, so the connection can go on. */
  | { readonly kind: 'too_large'; readonly drained: boolean }
  | { readonly kind: 'aborted' }

/** How much of a body that is too large is read and thrown away, so that the sender reads the answer and no reset. */
const MAX_DRAINED_BYTES = 4 * 1024 * 1024

/**
 * Reads a request's raw body and keeps at most `maxBytes` of it, also where its length was not announced. Never throws.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  return new Promise((resolve) => {
    const announced = Number(request.headers['content-length'] ?? 0)
    if (announced > MAX_DRAINED_BYTES) {
      resolve({ kind: 'too_large', drained: false })
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
      if (size > MAX_DRAINED_BYTES) {
        request.off('data', onData)
        request.pause()
        resolve({ kind: 'too_large', drained: false })
      }
    }
    request.on('data', onData)
    request.once('end', () => {
      if (size > maxBytes) resolve({ kind: 'too_large', drained: true })
      else
        resolve({ kind: 'complete', bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size) })
    })
    request.once('close', () => resolve({ kind: 'aborted' }))
    request.once('error', () => resolve({ kind: 'aborted' }))
  })
}
