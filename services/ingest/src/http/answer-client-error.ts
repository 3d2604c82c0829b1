import type { Duplex } from 'node:stream'
import { type ProblemCode, problem } from '../problems.ts'

/** Answers what Node's HTTP parser refused: bytes that are no HTTP, headers that are too large, senders too slow. */
export function answerClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const code = CODE_BY_ERROR[error.code ?? ''] ?? 'bad_request'
  const { status, headers, body } = problem(code, 'The request was not read any further.')
  const head = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' })
  socket.end(
    `HTTP/1.1 ${status} ${code}\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
}

const CODE_BY_ERROR: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}
