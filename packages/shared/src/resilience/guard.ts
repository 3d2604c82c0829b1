import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel'
import { AppError } from '../errors/app-error.ts'
import { classifyError } from '../errors/classify-error.ts'
import type { Logger } from '../logging/create-logger.ts'
import { decoratePort } from '../ports/decorate-port.ts'
import type { CheckResult } from '../telemetry/admin-server.ts'
import type { GuardMetrics, RejectionReason } from './guard-metrics.ts'

type Check = () => CheckResult | Promise<CheckResult>

export interface GuardOptions {
  /** The outside part, as metrics and error codes name it: `mongodb`, `kafka`, `registry`. */
  readonly part: string
  /** How long one call may take, in milliseconds. Past it a write may still take effect: it must be repeatable. */
  readonly timeoutMs: number
  /** Calls under way at once. */
  readonly concurrency: number
  /** Calls that wait for one of those to end; more are refused. */
  readonly queue: number
  /** The circuit opens after so many calls in a row that found the part away. */
  readonly failures: number
  /** How long an open circuit leaves the part alone before one call tries, in milliseconds. */
  readonly leftAloneMs: number
  /**
   * Asks the part whether it is there. With it an open circuit tries by itself, so that it also closes where nobody
   * calls because of it; without it the next call is the one that tries.
   */
  readonly probe?: Check
  readonly metrics: GuardMetrics
  readonly logger: Logger
}

export interface RunOptions {
  /** The caller's end of the call. A call that fails once this is aborted says nothing of the part. */
  readonly signal?: AbortSignal
  /** Awaited as soon as the call has its place, before its time begins; what it throws says nothing of the part. */
  readonly whenPlaced?: () => Promise<void>
}

/** What stands between this process and one outside part: a timeout, a bulkhead and a circuit breaker. */
export interface Guard {
  /**
   * Makes one call under guard. The call's signal is aborted when its time is up: a call that listens to it leaves
   * nothing under way.
   * @throws what the call throws; AppError `<part>_unavailable` (unavailable) where the part was not asked or did not
   * answer in time: then nothing is known of the call's effect, it must be repeated.
   */
  run<Result>(call: (timedOut: AbortSignal) => Promise<Result>, options?: RunOptions): Promise<Result>
  /** The same port with each call under guard. */
  port<Port extends object>(port: Port): Port
  /** The same object of ports with each call of each under guard. */
  ports<Ports extends object>(ports: Ports): Ports
  /** Fails while the circuit is open; otherwise says what `next` says. */
  check(next?: Check): CheckResult | Promise<CheckResult>
}

const STATE_NUMBERS: Readonly<Record<CircuitState, number>> = {
  [CircuitState.Closed]: 0,
  [CircuitState.HalfOpen]: 1,
  [CircuitState.Open]: 2,
  [CircuitState.Isolated]: 2,
}

/**
 * A guard around all calls to one outside part. Only failures that are classified `unavailable`, time-outs among them,
 * open the circuit: an answer that refuses something (a duplicate key, an invalid document) is an answer.
 * The bulkhead stands outside, so that what waits in it meets an open circuit instead of the part that is away.
 */
export function createGuard(options: GuardOptions): Guard {
  const { part, timeoutMs, concurrency, queue, failures, leftAloneMs, probe, metrics, logger } = options
  let openedAt = 0

  /** What is no failure closes a circuit that tries, and a call that was ended must not: it stays open then. */
  const counts = (error: unknown) =>
    isAway(error) || (error instanceof EndedByCaller && breaker.state === CircuitState.HalfOpen)
  const breaker = circuitBreaker(handleWhen(counts), {
    breaker: new ConsecutiveBreaker(failures),
    halfOpenAfter: leftAloneMs,
  })
  const inTime = wrap(breaker, timeout(timeoutMs, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false }))
  const places = bulkhead(concurrency, queue)

  breaker.onStateChange((state) => metrics.state.set({ part }, STATE_NUMBERS[state]))
  breaker.onBreak((reason) => {
    openedAt = Date.now()
    const { code } = classifyError('error' in reason ? translate(reason.error) : undefined)
    logger.warn({ part, code }, 'circuit open: the part does not answer and is left alone for a moment')
    probeLater()
  })
  breaker.onReset(() => logger.info({ part }, 'circuit closed: the part answers again'))
  metrics.state.set({ part }, STATE_NUMBERS[breaker.state])

  /** The timer may be a little early by the breaker's clock; a probe that fails opens the circuit anew. */
  const probeLater = () => {
    if (probe === undefined) return
    const timer = setTimeout(() => {
      if (breaker.state !== CircuitState.Open) return
      inTime
        .execute(() => ask(probe))
        .catch((error) => {
          if (error instanceof BrokenCircuitError) probeLater()
        })
    }, leftAloneMs)
    timer.unref()
  }

  const ask = async (check: Check) => {
    const result = await check()
    if (!result.ok) throw unavailable(result.reason)
  }

  const run = async <Result>(
    call: (timedOut: AbortSignal) => Promise<Result>,
    { signal: caller, whenPlaced }: RunOptions = {},
  ): Promise<Result> => {
    const unlessEnded = async (timedOut: AbortSignal) => {
      try {
        return await call(timedOut)
      } catch (error) {
        throw caller?.aborted ? new EndedByCaller(error) : error
      }
    }
    try {
      return await places.execute(async () => {
        if (whenPlaced !== undefined) await whenPlaced()
        return await inTime.execute(({ signal }) => unlessEnded(signal))
      })
    } catch (error) {
      if (error instanceof EndedByCaller) throw error.cause
      const reason = rejectionOf(error)
      if (reason === undefined) throw error
      metrics.rejections.inc({ part, reason })
      throw translate(error)
    }
  }

  const unavailable = (words: string, cause?: unknown) =>
    new AppError(`${part}: ${words}`, { code: `${part}_unavailable`, fate: 'unavailable', cause })

  const translate = (error: unknown): unknown => {
    switch (rejectionOf(error)) {
      case 'open':
        return unavailable(`not asked, it has not answered since ${new Date(openedAt).toISOString()}`, error)
      case 'bulkhead':
        return unavailable(`not asked, ${concurrency} calls are under way and ${queue} wait`, error)
      case 'timeout':
        return unavailable(`no answer within ${timeoutMs} ms; whether the call took effect is unknown`, error)
      case undefined:
        return error
    }
  }

  const port = <Port extends object>(target: Port): Port => decoratePort(target, (_method, call) => run(call))

  const isLeftAlone = () =>
    breaker.state === CircuitState.Open && (probe !== undefined || Date.now() - openedAt < leftAloneMs)

  return {
    run,
    port,
    ports: (ports) =>
      Object.fromEntries(Object.entries(ports).map(([name, member]) => [name, port(member as object)])) as typeof ports,
    check: (next = () => ({ ok: true })) =>
      isLeftAlone() ? { ok: false, reason: `circuit open since ${new Date(openedAt).toISOString()}` } : next(),
  }
}

class EndedByCaller extends AppError {
  constructor(cause: unknown) {
    super('the caller ended the call', { code: 'ended_by_caller', fate: 'unknown', cause })
  }
}

const isAway = (error: unknown): boolean =>
  error instanceof TaskCancelledError || classifyError(error).fate === 'unavailable'

function rejectionOf(error: unknown): RejectionReason | undefined {
  if (error instanceof BrokenCircuitError) return 'open'
  if (error instanceof BulkheadRejectedError) return 'bulkhead'
  if (error instanceof TaskCancelledError) return 'timeout'
  return undefined
}
