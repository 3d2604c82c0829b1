import type { RequestListener, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TcpServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** A connection on which nothing came and nothing is owed for so long (milliseconds) is idle: a busy sender goes on at once. */
const IDLE_MS = 250
/** How long a sender may take to see that we have closed (milliseconds): Envoy's `delayed_close_timeout` by default. */
const LINGER_MS = 1_000
/** How long a closing server lets a request finish (milliseconds): longer than one waits for the broker. */
const CLOSE_GRACE_MS = 15_000

export interface Drain {
  /**
   * What the server serves with in the place of `listener`. From the beginning of the drain every answer announces that
   * it is its connection's last.
   */
  serve(listener: RequestListener): RequestListener
  /** Drains and closes the server. Resolves when it has no connection any more, at the latest 15 s after the delay. */
  close(): Promise<void>
}

/**
 * Closes a server without a reset. `http.Server.close` destroys a connection as soon as it is idle, so that a request on
 * its way to it is answered with RST (nodejs/node#60617), and it resets whoever waits in the listener's backlog. Here:
 * 1. for `delayMs` everything is still accepted and answered, while balancers see that this instance is not ready; each
 *    answer says `connection: close` (RFC 9112, 9.6), so that senders move on by themselves;
 * 2. the listener closes;
 * 3. who stays idle is sent FIN and listened to until he closes too: bytes that nobody reads would turn the end into a
 *    reset. What he sends meanwhile is not processed, so that sending it again elsewhere is right.
 */
export function createDrain(server: Server, delayMs: number): Drain {
  const connections = new Set<Socket>()
  /** The latest answer on a connection; those before it are finished, as they go out in order. */
  const answers = new WeakMap<Socket, ServerResponse>()
  const heard = new WeakMap<Socket, number>()
  let isDraining = false

  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })

  const isIdle = (socket: Socket) => {
    const isSilent = heard.get(socket) === socket.bytesRead
    heard.set(socket, socket.bytesRead)
    return isSilent && (answers.get(socket)?.writableFinished ?? true)
  }
  const partFromIdle = () => {
    for (const socket of connections) if (socket.writable && isIdle(socket)) partFrom(socket)
  }

  return {
    serve: (listener) => (request, response) => {
      const { socket } = request
      if (isDraining) {
        if (!socket.writable) {
          request.resume()
          return
        }
        response.setHeader('connection', 'close')
        // Node ends a connection with this after the last answer, and would not wait for the other side.
        socket.destroySoon = () => partFrom(socket)
      }
      answers.set(socket, response)
      listener(request, response)
    },
    close: async () => {
      isDraining = true
      await wait(delayMs)
      partFromIdle()
      const sweep = setInterval(partFromIdle, IDLE_MS)
      const giveUp = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
      // Not the method of http.Server, which destroys idle connections.
      await new Promise<void>((resolve) => TcpServer.prototype.close.call(server, () => resolve()))
      clearInterval(sweep)
      clearTimeout(giveUp)
    },
  }
}

/** Closes our side, then reads and forgets until the other side has closed, or for a second. */
function partFrom(socket: Socket): void {
  const giveUp = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(giveUp))
  socket.end()
}
