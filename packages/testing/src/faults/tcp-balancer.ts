import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { untilTrue } from '../scenarios/until.ts'
import type { OnEnd } from './on-end.ts'

/** Between two looks at a server, in milliseconds. */
const PROBE_EVERY_MS = 100

/** One server behind a balancer. */
export interface BalancedServer {
  /** Where it takes connections. */
  readonly url: string
  /** Where `/readyz` says whether it wants new ones. */
  readonly adminUrl: string
}

/** Hands connections to servers in turn, and knows nothing of what is said on them. */
export interface TcpBalancer {
  readonly port: number
  /** Resolves once so many servers are ready. */
  untilReady(count: number): Promise<void>
}

/**
 * Starts a balancer on loopback. A server gets new connections while its `/readyz` answers 200; one that refuses a
 * connection is passed over. An end or a reset on one side becomes the same on the other. `servers` is read at every
 * probe, as a server that was started again may be elsewhere.
 */
export async function startTcpBalancer(onEnd: OnEnd, servers: () => readonly BalancedServer[]): Promise<TcpBalancer> {
  const ended = new AbortController()
  const sockets = new Set<Socket>()
  let ready: readonly BalancedServer[] = []
  let turn = 0

  const probe = async () => {
    const all = servers()
    const answers = await Promise.all(all.map(isReady))
    ready = all.filter((_, index) => answers[index])
  }
  const probing = (async () => {
    while (!ended.signal.aborted) {
      await probe()
      await wait(PROBE_EVERY_MS, undefined, { signal: ended.signal }).catch(() => {})
    }
  })()

  const link = async (client: Socket) => {
    const candidates = ready.map((_, index) => ready[(turn + index) % ready.length] as BalancedServer)
    turn += 1
    const server = await connectToFirst(candidates)
    if (server === undefined) return void client.resetAndDestroy()
    sockets.add(server)
    join(client, server)
    join(server, client)
  }
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    sockets.add(client)
    client.on('error', () => {})
    void link(client)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  onEnd(async () => {
    ended.abort()
    await probing
    for (const socket of sockets) socket.destroy()
    listener.close()
  })
  return {
    port: (listener.address() as AddressInfo).port,
    untilReady: (count) => untilTrue(async () => ready.length === count),
  }
}

async function isReady({ adminUrl }: BalancedServer): Promise<boolean> {
  const answer = await fetch(`${adminUrl}/readyz`).catch(() => undefined)
  await answer?.body?.cancel()
  return answer?.ok ?? false
}

/** A connection to the first server that takes one. */
async function connectToFirst(servers: readonly BalancedServer[]): Promise<Socket | undefined> {
  for (const { url } of servers) {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true })
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    if (isOpen) return socket
  }
  return undefined
}

/** Passes on what comes from one side: bytes, its end, its reset. */
function join(from: Socket, to: Socket): void {
  from.pipe(to)
  from.on('error', () => to.resetAndDestroy())
}
