import { connect, createServer, type Server, type Socket } from 'node:net'
import { freePort } from '../processes/free-port.ts'
import type { OnEnd } from './on-end.ts'

/** What happens to the bytes of one direction: `hold` keeps them for later, as a hanging network does; `drop` loses them. */
type Flow = 'pass' | 'hold' | 'drop'

/**
 * What a fault proxy does with its connections, those that stand and those to come:
 * `pass` is no fault; `hang` accepts and keeps connections, and forwards nothing; `hangToServer` and `hangToClient` hang
 * in one direction; `dropAcknowledgements` passes requests on and swallows the answers; `reset` answers everything with
 * RST; `refuse` is a port that nothing listens on.
 */
export type ProxyMode = 'pass' | 'hang' | 'hangToServer' | 'hangToClient' | 'dropAcknowledgements' | 'reset' | 'refuse'

const FLOWS: Readonly<Record<ProxyMode, { readonly toServer: Flow; readonly toClient: Flow }>> = {
  pass: { toServer: 'pass', toClient: 'pass' },
  hang: { toServer: 'hold', toClient: 'hold' },
  hangToServer: { toServer: 'hold', toClient: 'pass' },
  hangToClient: { toServer: 'pass', toClient: 'hold' },
  dropAcknowledgements: { toServer: 'pass', toClient: 'drop' },
  reset: { toServer: 'drop', toClient: 'drop' },
  refuse: { toServer: 'drop', toClient: 'drop' },
}

/** A faulty network between clients and one server. */
export interface TcpProxy {
  readonly port: number
  /** Connections that stand now. */
  connections(): number
  /** Bytes swallowed on their way to clients. */
  droppedBytes(): number
  /** Takes effect on every connection at once; resolves when the port listens, or no longer listens, as the mode says. */
  set(mode: ProxyMode): Promise<void>
}

/** Starts a proxy on loopback before a server on loopback, in mode `pass`. The server need not run yet. */
export async function startTcpProxy(onEnd: OnEnd, serverPort: number): Promise<TcpProxy> {
  const port = await freePort()
  const links = new Set<Link>()
  let mode: ProxyMode = 'pass'
  let droppedBytes = 0
  const server = createServer({ allowHalfOpen: false }, (client) => {
    if (mode === 'reset') return void client.on('error', () => {}).resetAndDestroy()
    const link = openLink(client, serverPort, {
      mode: () => mode,
      onDropped: (bytes) => {
        droppedBytes += bytes
      },
      onEnd: () => links.delete(link),
    })
    links.add(link)
  })
  const closeAll = () => {
    for (const link of links) link.reset()
  }
  await listen(server, port)
  onEnd(() => unlisten(server, closeAll))
  return {
    port,
    connections: () => links.size,
    droppedBytes: () => droppedBytes,
    set: async (next) => {
      mode = next
      if (next === 'refuse') await unlisten(server, closeAll)
      else if (!server.listening) await listen(server, port)
      if (next === 'reset') closeAll()
      for (const link of links) link.apply()
    },
  }
}

interface Link {
  apply(): void
  reset(): void
}

interface LinkOptions {
  mode(): ProxyMode
  onDropped(bytes: number): void
  onEnd(): void
}

/** One client's connection and its counterpart at the server. */
function openLink(client: Socket, serverPort: number, { mode, onDropped, onEnd }: LinkOptions): Link {
  const server = connect(serverPort, '127.0.0.1')
  let hasLost = false
  let isOver = false
  const flow = (from: Socket) => FLOWS[mode()][from === client ? 'toServer' : 'toClient']

  const end = (how: 'destroySoon' | 'resetAndDestroy') => {
    client[how]()
    server[how]()
    onEnd()
  }
  const forward = (from: Socket, to: Socket) => {
    from.on('data', (chunk: Buffer) => {
      if (flow(from) === 'drop') {
        hasLost = true
        onDropped(chunk.length)
      } else if (!to.write(chunk)) from.pause()
    })
    to.on('drain', apply)
    from.on('error', () => {})
    from.on('close', () => {
      isOver = true
      apply()
    })
  }
  function apply() {
    const hangs = [client, server].some((socket) => flow(socket) === 'hold')
    // While the network hangs, the end of one side does not reach the other either.
    if (isOver && !hangs) return end('destroySoon')
    // Bytes that were lost cannot come any more: such a connection is of no use to its client once answers pass again.
    if (hasLost && flow(server) !== 'drop') return end('resetAndDestroy')
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      if (flow(from) === 'hold') from.pause()
      else if (!to.writableNeedDrain) from.resume()
    }
  }
  forward(client, server)
  forward(server, client)
  apply()
  return { apply, reset: () => end('resetAndDestroy') }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Stops listening; `closeAll` ends the connections, without which a server does not close. */
function unlisten(server: Server, closeAll: () => void): Promise<void> {
  if (!server.listening) return Promise.resolve()
  return new Promise((resolve) => {
    server.close(() => resolve())
    closeAll()
  })
}
