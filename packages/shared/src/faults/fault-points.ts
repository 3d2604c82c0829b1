import { setTimeout as wait } from 'node:timers/promises'
import { ConfigError } from '../config/read-config.ts'
import { decoratePort } from '../ports/decorate-port.ts'
import { type FaultPoint, parseFaultPoints } from './parse-fault-points.ts'

/** Puts the process's fault points around its ports. */
export interface FaultPoints {
  /**
   * The same port; where points name it, with them around its methods. Wrap the real port, inside of guards: a guard
   * gives up on a call, a fault point is the process dying or freezing in the midst of it.
   * @throws ConfigError where a point names a method that the port does not have.
   */
  port<Port extends object>(name: string, port: Port): Port
}

/**
 * How long the process still runs once it has got to a point (milliseconds), the call held where it is: whatever wrongly
 * does not wait for that call has the time to happen.
 */
const BEFORE_SIGNAL_MS = 20

const SIGNALS = { kill: 'SIGKILL', stop: 'SIGSTOP' } as const

/**
 * Reads `FAULT_POINTS`: how the fault tests (tests/faults) kill or freeze a real process at one exact point of its work.
 * Honoured only where `NODE_ENV` is `test`; a service that is given it elsewhere refuses to start. Therefore it is no
 * configuration of a service and stands in none of the documented tables: nobody who runs one may ever set it.
 * Without the variable every port stays exactly as it is.
 * @param signal sends a signal to this process; a test's own where no process shall end.
 * @throws ConfigError for points outside of tests, or that are no points.
 */
export function readFaultPoints(
  env: Readonly<Record<string, string | undefined>>,
  signal: (name: 'SIGKILL' | 'SIGSTOP') => void = (name) => process.kill(process.pid, name),
): FaultPoints {
  const text = env.FAULT_POINTS
  if (text === undefined || text === '') return { port: (_, port) => port }
  if (env.NODE_ENV !== 'test') {
    throw new ConfigError('FAULT_POINTS is set, which makes a process kill itself: it is for tests alone, unset it.')
  }
  const points = parseFaultPoints(text)

  return {
    port: (name, port) => {
      const own = points.filter((point) => point.port === name)
      if (own.length === 0) return port
      requireMethods(name, port, own)
      const calls = new Map<string, number>()
      return decoratePort(port, async (method, call) => {
        const nth = (calls.get(method) ?? 0) + 1
        calls.set(method, nth)
        const hit = async (when: FaultPoint['when']) => {
          const point = own.find((one) => one.method === method && one.when === when && one.nth === nth)
          if (point === undefined) return
          await wait(BEFORE_SIGNAL_MS)
          signal(SIGNALS[point.effect])
        }
        await hit('before')
        const result = await call()
        await hit('after')
        return result
      })
    },
  }
}

function requireMethods(name: string, port: object, points: readonly FaultPoint[]): void {
  const methods = Object.entries(port).flatMap(([member, value]) => (typeof value === 'function' ? [member] : []))
  const unknown = points.find(({ method }) => !methods.includes(method))
  if (unknown === undefined) return
  throw new ConfigError(
    `FAULT_POINTS is not valid: the port ${name} has no method ${unknown.method}, but ${methods.join(', ')}.`,
  )
}
