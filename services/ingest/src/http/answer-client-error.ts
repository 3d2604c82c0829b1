import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ProblemCode, problem } from '../problems.ts'

/** How long a sender has to read why it was refused, and to close its own side (milliseconds). */
const LINGER_MS = 2_000

/**
 * Answers what Node's HTTP parser refused (bytes that are no HTTP, headers that are too large, senders too slow) and
 * parts from the sender, whether or not it reads the answer. `latest` is the answer to the last request before it on
 * the connection: never answered twice, nor in another order. Returns the problem's code, or undefined where nobody is
 * left to answer.
 */
export function answerClientError(
  error: Error & { code?: string },
  socket: Duplex,
  latest: ServerResponse | undefined,
): ProblemCode | undefined {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return undefined
  }
  const code = CODE_BY_ERROR[error.code ?? ''] ?? 'bad_request'
  if (latest !== undefined && !latest.writableFinished) {
    const { headersSent, req } = latest
    if (headersSent) {
      part(socket)
      return code
    }
    // It was read whole, and is answered as if nothing had followed; then the connection ends.
    if (req.complete) {
      latest.setHeader('connection', 'close')
      return code
    }
  }
  const { status, headers, body } = problem(code, 'The request was not read any further.')
  const head = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' })
  part(
    socket,
    `HTTP/1.1 ${status} ${code}\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
  return code
}

/** Closes our side after the last words, and then the connection, whatever the sender does. */
function part(socket: Duplex, lastWords = ''): void {
  socket.end(lastWords)
  const giveUp = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(giveUp))
}

const CODE_BY_ERROR: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}
