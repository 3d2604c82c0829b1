import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { nativeEvent } from '../events/native-event.ts'
import { signedHeaders } from '../events/signed-request.ts'
import { untilTrue } from '../scenarios/until.ts'

/**
 * What became of a request, or of a connection that had none: `answered` in full; `crossed`: the server closed a
 * connection after an earlier answer just as we sent, which is for the sender to repeat; `dropped`: closed without an
 * answer to a connection's first request; `cut`: closed within an answer; `reset`: by RST, at any time.
 */
export type Outcome = 'answered' | 'crossed' | 'dropped' | 'cut' | 'reset'

export interface KeepAliveSendersOptions {
  readonly port: number
  readonly secret: string
  /** One sender for each connection; how long it pauses after an answer, in milliseconds. */
  readonly pauses: readonly (() => number)[]
}

/** Providers that post new events, one after the other, each over a connection that it keeps for as long as it may. */
export interface KeepAliveSenders {
  /** Ids that were answered 202. */
  readonly accepted: ReadonlySet<string>
  /** How often each status came. */
  readonly answers: ReadonlyMap<number, number>
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Connections that ended because their last answer said so, and idle ones that were closed. */
  readonly closed: { announced: number; idle: number }
  /** Resolves once so many events more than now were accepted. */
  untilMoreAccepted(count: number): Promise<void>
  /** Sends nothing more; resolves when everything has its answer. */
  stop(): Promise<void>
}

/** Starts to send, on bare sockets: what an HTTP client calls a reset may as well have been an orderly end. */
export function startKeepAliveSenders({ port, secret, pauses }: KeepAliveSendersOptions): KeepAliveSenders {
  const accepted = new Set<string>()
  const answers = new Map<number, number>()
  const outcomes: Record<Outcome, number> = { answered: 0, crossed: 0, dropped: 0, cut: 0, reset: 0 }
  const closed = { announced: 0, idle: 0 }
  const over = new AbortController()

  const send = async (pauseMs: () => number) => {
    let connection: Connection | undefined
    while (!over.signal.aborted) {
      const event = nativeEvent({ id: `evt_${randomUUID()}`, company: { id: `company-${accepted.size % 100}` } })
      for (let isAnswered = false; !isAnswered && !over.signal.aborted; ) {
        if (connection?.isOver()) {
          if (connection.wasReset()) outcomes.reset += 1
          else closed.idle += 1
          connection = undefined
        }
        connection ??= new Connection(port)
        const { outcome, status, isLast } = await connection.post(JSON.stringify(event), secret)
        outcomes[outcome] += 1
        isAnswered = outcome === 'answered'
        if (isAnswered) answers.set(status, (answers.get(status) ?? 0) + 1)
        if (status === 202) accepted.add(event.id)
        if (isLast) {
          closed.announced += 1
          if (await connection.closedByReset()) outcomes.reset += 1
        }
        if (isLast || !isAnswered) connection = undefined
      }
      const pause = pauseMs()
      if (pause > 0) await wait(pause, undefined, { signal: over.signal }).catch(() => {})
    }
    connection?.close()
  }
  const sending = Promise.all(pauses.map(send))

  return {
    accepted,
    answers,
    outcomes,
    closed,
    untilMoreAccepted: (count) => {
      const wanted = accepted.size + count
      return untilTrue(async () => accepted.size >= wanted)
    },
    stop: async () => {
      over.abort()
      await sending
    },
  }
}

interface Result {
  readonly outcome: Outcome
  /** 0 without an answer. */
  readonly status: number
  /** Whether the answer announced the connection's end. */
  readonly isLast: boolean
}

class Connection {
  readonly #socket: Socket
  readonly #closed: Promise<void>
  #received = ''
  #answers = 0
  #isOver = false
  #wasReset = false
  #onNews: () => void = () => {}

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1')
      this.#onNews()
    })
    this.#socket.on('error', () => {
      this.#wasReset = true
    })
    this.#socket.on('end', () => {
      this.#isOver = true
    })
    this.#closed = new Promise((resolve) => {
      this.#socket.once('close', () => {
        this.#isOver = true
        resolve()
        this.#onNews()
      })
    })
  }

  isOver = () => this.#isOver
  wasReset = () => this.#wasReset

  async closedByReset(): Promise<boolean> {
    await this.#closed
    return this.#wasReset
  }

  close(): void {
    this.#socket.end()
  }

  post(body: string, secret: string): Promise<Result> {
    const headers = Object.entries(signedHeaders(body, secret)).map(([name, value]) => `${name}: ${value}\r\n`)
    this.#received = ''
    this.#socket.write(
      `POST /api/webhooks/person-change HTTP/1.1\r\nhost: ingest\r\n${headers.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    return new Promise((resolve) => {
      this.#onNews = () => {
        const result = this.#result()
        if (result === undefined) return
        this.#onNews = () => {}
        resolve(result)
      }
    })
  }

  #result(): Result | undefined {
    const answer = readAnswer(this.#received)
    if (answer !== undefined) {
      this.#answers += 1
      return { outcome: 'answered', ...answer }
    }
    if (!this.#isOver || !this.#socket.closed) return undefined
    const how = this.#wasReset ? 'reset' : this.#received !== '' ? 'cut' : this.#answers > 0 ? 'crossed' : 'dropped'
    return { outcome: how, status: 0, isLast: false }
  }
}

/** An answer that has come in full. */
function readAnswer(received: string): Omit<Result, 'outcome'> | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const head = received.slice(0, headEnd)
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
  if (received.length < headEnd + 4 + length) return undefined
  return { status: Number(head.slice(9, 12)), isLast: /^connection: close$/im.test(head) }
}
