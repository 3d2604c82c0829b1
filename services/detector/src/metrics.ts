import { Counter, Histogram, type Registry } from 'prom-client'

/** What became of a person change. */
export type DecisionLabel = 'refresh' | 'coalesced' | 'insignificant' | 'repeat' | 'conflict' | 'rejected'

export interface DetectorMetrics {
  readonly decisions: Counter<'outcome'>
  readonly classifications: Counter<'type' | 'reason'>
  readonly commands: Counter<'reason'>
  readonly batchSize: Histogram
  readonly batchDuration: Histogram
  readonly sweeps: Counter<'outcome'>
  readonly trailingClaims: Counter
  readonly scheduledClaims: Counter
  readonly refusedClaims: Counter
}

/** The detector's own metrics, registered in `registry`. */
export function createDetectorMetrics(registry: Registry): DetectorMetrics {
  const registers = [registry]
  return {
    decisions: new Counter({
      name: 'detector_decisions_total',
      help: 'Person changes decided, by outcome (refresh, coalesced, insignificant, repeat, conflict, rejected).',
      labelNames: ['outcome'],
      registers,
    }),
    classifications: new Counter({
      name: 'detector_classified_changes_total',
      help: 'Person changes decided by what their titles, departments and companies say instead of by their own type: as which type (none: nothing relevant changed) and why.',
      labelNames: ['type', 'reason'],
      registers,
    }),
    commands: new Counter({
      name: 'detector_commands_produced_total',
      help: 'Refresh commands produced, repeats of the same command included, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    batchSize: new Histogram({
      name: 'detector_batch_size',
      help: 'Messages handled at once.',
      buckets: [1, 10, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000],
      registers,
    }),
    batchDuration: new Histogram({
      name: 'detector_batch_duration_seconds',
      help: 'From a batch in hand to its verdicts.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    sweeps: new Counter({
      name: 'detector_sweeps_total',
      help: 'Looks for due windows and for commands not produced, by outcome (ok, failed).',
      labelNames: ['outcome'],
      registers,
    }),
    trailingClaims: new Counter({
      name: 'detector_trailing_claims_total',
      help: 'Windows claimed at their end for the changes that were pending.',
      registers,
    }),
    scheduledClaims: new Counter({
      name: 'detector_scheduled_claims_total',
      help: 'Windows claimed because the buyer group had reached REFRESH_MAX_AGE.',
      registers,
    }),
    refusedClaims: new Counter({
      name: 'detector_refused_claims_total',
      help: 'Windows that a sweep could not claim because the database refuses to; each sweep tries and counts again.',
      registers,
    }),
  }
}
