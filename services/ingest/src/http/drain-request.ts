import type { IncomingMessage } from 'node:http'

/** How much of a body that nobody wants is read and thrown away. */
const MAX_DRAINED_BYTES = 4 * 1024 * 1024

/** How long a silent sender is waited for, and any sender at most (milliseconds). */
const MAX_SILENCE_MS = 1_000
const MAX_DRAINING_MS = 10_000

/**
 * Throws away what a sender still sends after its answer: closing a connection with unread bytes resets it, and a
 * sender that reads only after it has sent all would never see the answer. Resolves at the body's end, once the sender
 * is gone or silent, or after 4 MiB or 10 s. Never throws.
 */
export function drainRequest(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    let size = 0
    const stop = () => {
      clearTimeout(silence)
      clearTimeout(deadline)
      request.off('data', onData)
      resolve()
    }
    const silence = setTimeout(stop, MAX_SILENCE_MS)
    const deadline = setTimeout(stop, MAX_DRAINING_MS)
    const onData = (chunk: Buffer) => {
      size += chunk.length
      silence.refresh()
      if (size > MAX_DRAINED_BYTES) stop()
    }
    request.on('data', onData)
    for (const event of ['end', 'close', 'error']) request.once(event, stop)
    request.resume()
  })
}
