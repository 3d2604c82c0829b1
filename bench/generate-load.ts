import { createHistogram } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { countAccepted, isAccepted, type Load } from './load.ts'
import { type LoadConnection, openLoadConnection } from './load-connection.ts'
import { createLoadRequests } from './load-requests.ts'

/**
 * Posts signed events with new ids over keep-alive connections for a while, and prints one JSON line (`Load`). A process
 * of its own, on bare sockets, so that it takes as little of the machine as it can. The secret is WEBHOOK_SECRET.
 *
 * Without `--rate` each connection sends as soon as it has its answer. With it, so many requests a second are due at
 * fixed times, whether or not those before have been answered, and latency counts from then: a server that stalls is
 * charged with all that would have been sent meanwhile ("coordinated omission").
 */
const { values: flags } = parseArgs({
  options: {
    port: { type: 'string', default: '3000' },
    connections: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '5' },
    rate: { type: 'string' },
    prepared: { type: 'string', default: '0' },
  },
})
const port = Number(flags.port)
const durationMs = Number(flags.seconds) * 1_000
const nextRequest = createLoadRequests({
  port,
  secret: process.env.WEBHOOK_SECRET ?? '',
  prepared: Number(flags.prepared),
})

const latencyMicros = createHistogram()
const statuses: Record<string, number> = {}
const { promise: over, resolve: finish, reject: fail } = Promise.withResolvers<void>()

/** When what each connection waits for was sent, or due; in milliseconds of `performance.now()`. */
const since = new Float64Array(Number(flags.connections))
let afterAnswer: (connection: number) => void = () => {}
const connections = await Promise.all(
  Array.from(since, (_, index) => openLoadConnection(port, (status) => onAnswer(index, status), fail)),
)
const connectionAt = (index: number) => connections[index] as LoadConnection

const start = performance.now()
if (flags.rate === undefined) sendOnAnswer()
else sendOnSchedule(Number(flags.rate))
await over
const seconds = (performance.now() - start) / 1_000
for (const connection of connections) connection.end()

const load: Load = {
  acceptedPerSecond: countAccepted(statuses) / seconds,
  p50Ms: latencyMicros.percentile(50) / 1_000,
  p99Ms: latencyMicros.percentile(99) / 1_000,
  statuses,
}
console.log(JSON.stringify(load))

function onAnswer(connection: number, status: string): void {
  statuses[status] = (statuses[status] ?? 0) + 1
  if (isAccepted(status)) {
    latencyMicros.record(Math.max(1, Math.round((performance.now() - (since[connection] ?? 0)) * 1_000)))
  }
  afterAnswer(connection)
}

function sendOnAnswer(): void {
  let open = connections.length
  const send = (connection: number) => {
    since[connection] = performance.now()
    connectionAt(connection).send(nextRequest())
  }
  afterAnswer = (connection) => {
    if (performance.now() < start + durationMs) return send(connection)
    open -= 1
    if (open === 0) finish()
  }
  for (const connection of connections.keys()) send(connection)
}

function sendOnSchedule(perSecond: number): void {
  /** Taken in turn, so that none is idle for long enough to be closed. */
  const idle = [...connections.keys()]
  const total = Math.floor((durationMs * perSecond) / 1_000)
  let sent = 0
  let answered = 0
  const dueAt = (request: number) => start + (request * 1_000) / perSecond
  const sendWhatIsDue = () => {
    while (sent < total && dueAt(sent) <= performance.now()) {
      const connection = idle.shift()
      if (connection === undefined) return
      since[connection] = dueAt(sent)
      sent += 1
      connectionAt(connection).send(nextRequest())
    }
  }
  const timer = setInterval(sendWhatIsDue, 1)
  afterAnswer = (connection) => {
    answered += 1
    idle.push(connection)
    if (answered < total) return sendWhatIsDue()
    clearInterval(timer)
    finish()
  }
}
