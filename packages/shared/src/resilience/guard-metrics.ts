import { Counter, Gauge, type Registry } from 'prom-client'

/**
 * - `open`: the circuit was open, the part was not asked;
 * - `bulkhead`: as many calls as may were under way and waiting;
 * - `timeout`: the part was asked and did not answer in time.
 */
export type RejectionReason = 'open' | 'bulkhead' | 'timeout'

export interface GuardMetrics {
  readonly state: Gauge<'part'>
  readonly rejections: Counter<'part' | 'reason'>
}

/** What all guards of a process report, each under the name of its part. */
export function createGuardMetrics(registry: Registry): GuardMetrics {
  const registers = [registry]
  return {
    state: new Gauge({
      name: 'circuit_breaker_state',
      help: 'Is the part left alone because it does not answer? 0: no (closed), 1: one call is trying (half open), 2: yes (open).',
      labelNames: ['part'],
      registers,
    }),
    rejections: new Counter({
      name: 'guard_rejections_total',
      help: 'Calls that ended without an answer of the part, by reason (open, bulkhead, timeout).',
      labelNames: ['part', 'reason'],
      registers,
    }),
  }
}
