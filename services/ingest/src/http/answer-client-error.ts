import type { Duplex } from 'node:stream'
import { type ProblemCode, problem } from '../problems.ts'

/** How long a sender has to read why it was refused, and to close its own side (milliseconds). */
const LINGER_MS = 2_000

/**
 * Answers what Node's HTTP parser refused (bytes that are no HTTP, headers that are too large, senders too slow) and
 * parts from the sender, whether or not it reads the answer. Returns the problem's code, or undefined where nobody is
 * left to answer.
 */
export function answerClientError(error: Error & { code?: string }, socket: Duplex): ProblemCode | undefined {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return undefined
  }
  const code = CODE_BY_ERROR[error.code ?? ''] ?? 'bad_request'
  const { status, headers, body } = problem(code, 'The request was not read any further.')
  const head = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' })
  socket.end(
    `HTTP/1.1 ${status} ${code}\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
  const giveUp = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(giveUp))
  return code
}

const CODE_BY_ERROR: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}
