import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { BadRequest, Bytes } from './bad-request.ts'

/** A connection that is still open by then was forgotten (milliseconds). */
const OPEN_TOO_LONG_MS = 20_000

export interface RawAnswer {
  readonly status: number
  readonly body: string
}

export interface Exchange {
  readonly answers: readonly RawAnswer[]
  /** All that came back, as it came. */
  readonly received: string
}

export interface ExchangeOptions {
  readonly port: number
  readonly pieces: readonly Bytes[]
  readonly ending?: BadRequest['ending']
  /** After so many answers the sender closes its side, unless the server closes first. */
  readonly expectedAnswers: number
  /** How long after a piece the next one is sent (milliseconds); at once unless given. */
  readonly pauseMs?: number
}

/**
 * Sends bytes over a connection of their own and reads until it is closed.
 * @throws Error where the server leaves it open.
 */
export async function exchange(options: ExchangeOptions): Promise<Exchange> {
  const { port, pieces, ending = 'waits', expectedAnswers, pauseMs } = options
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const chunks: Buffer[] = []
  const text = () => Buffer.concat(chunks).toString('latin1')
  const closed = new Promise<void>((resolve, reject) => {
    socket.setTimeout(OPEN_TOO_LONG_MS, () => {
      reject(new Error(`the connection stays open after: ${text().slice(0, 200)}`))
      socket.destroy()
    })
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      if (expectedAnswers > 0 && readAnswers(text()).length >= expectedAnswers) socket.end()
    })
    socket.on('end', () => socket.end())
    // A sender that goes on after its answer may see a reset: what came before it counts.
    socket.on('error', () => {})
    socket.on('close', () => resolve())
  })
  for (const piece of pieces) {
    if (pauseMs !== undefined) await delay(pauseMs)
    if (socket.destroyed || socket.writableEnded) break
    socket.write(piece)
  }
  if (ending === 'ends') socket.end()
  if (ending === 'resets') socket.once('connect', () => socket.resetAndDestroy())
  await closed
  return { answers: readAnswers(text()), received: text() }
}

/** The whole answers of a connection. One without a length reaches to the connection's end, as those of Node itself. */
function readAnswers(received: string): RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = received
  for (;;) {
    const headEnd = rest.indexOf('\r\n\r\n')
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(rest)?.[1]
    if (headEnd === -1 || status === undefined) return answers
    const length = /\r\ncontent-length: (\d+)\r\n/i.exec(rest.slice(0, headEnd + 2))?.[1] ?? '0'
    const end = headEnd + 4 + Number(length)
    if (rest.length < end) return answers
    answers.push({ status: Number(status), body: rest.slice(headEnd + 4, end) })
    rest = rest.slice(end)
  }
}
