import { once } from 'node:events'
import { connect } from 'node:net'

/** A bare connection: what no HTTP client would send. */
export interface RawConnection {
  send(bytes: string | Buffer): void
  /** All that came back so far. */
  received(): string
  /** Closes this end alone; what still comes back is received. */
  end(): void
  /** Reads nothing from now on. */
  stopReading(): void
  /** Resolves once it is closed, with all that came back; a reset is one way to close. */
  readonly closed: Promise<string>
}

/**
 * Opens a connection to a server of this machine, and ends this side when the server ends its own, unless it `staysOpen`.
 * `onEnd` closes it.
 */
export async function openConnection(
  port: number,
  onEnd: (release: () => Promise<void>) => void,
  { staysOpen = false } = {},
): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  onEnd(async () => {
    socket.destroy()
  })
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  if (!staysOpen) socket.once('end', () => socket.end())
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(received))
  })
  await once(socket, 'connect')
  return {
    send: (bytes) => {
      socket.write(bytes)
    },
    received: () => received,
    end: () => {
      socket.end()
    },
    stopReading: () => {
      socket.pause()
    },
    closed,
  }
}
