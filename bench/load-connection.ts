import { connect } from 'node:net'

/** More than any answer to one event. */
const ANSWER_BYTES = 8_192

/** A keep-alive connection with one request at a time on it. */
export interface LoadConnection {
  send(request: Buffer): void
  end(): void
}

/**
 * Opens a connection to loopback; `onAnswer` gets the status of each answer that has come in full. On a bare socket with
 * a buffer of its own, which costs about half of what the streams of an HTTP client do.
 * @throws when it cannot be opened; `onError` gets what breaks it later.
 */
export function openLoadConnection(
  port: number,
  onAnswer: (status: string) => void,
  onError: (error: Error) => void,
): Promise<LoadConnection> {
  const buffer = Buffer.allocUnsafe(ANSWER_BYTES)
  let received = ''
  const onBytes = (length: number) => {
    received += buffer.toString('latin1', 0, length)
    if (!isComplete(received)) return true
    const status = received.slice(9, 12)
    received = ''
    onAnswer(status)
    return true
  }
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: onBytes } })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      socket.once('error', onError)
      resolve({ send: (request) => void socket.write(request), end: () => void socket.end() })
    })
  })
}

function isComplete(received: string): boolean {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return false
  const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0)
  return received.length >= headEnd + 4 + length
}
