import { Counter, Gauge, type Registry } from 'prom-client'

/**
 * - `reloaded`: a new version is in use;
 * - `refused`: what the file holds is not usable, the version before stays in use.
 */
export type ReloadOutcome = 'reloaded' | 'refused'

export interface ReloadMetrics {
  /** The file was read at the start. */
  opened(variable: string): void
  /** Its change was taken or refused. */
  changed(variable: string, outcome: ReloadOutcome): void
}

/** What all reloading files of a process report, each under the variable that names it; one a process. */
export function createReloadMetrics(registry: Registry): ReloadMetrics {
  const registers = [registry]
  const reloads = new Counter({
    name: 'config_file_reloads_total',
    help: 'Changes of a configuration file, by outcome: reloaded, or refused because it is not usable.',
    labelNames: ['variable', 'outcome'],
    registers,
  })
  const isCurrent = new Gauge({
    name: 'config_file_last_reload_successful',
    help: 'Is the configuration file in use as it stands on disk? 0: its last change was refused.',
    labelNames: ['variable'],
    registers,
  })
  const lastSuccess = new Gauge({
    name: 'config_file_last_reload_success_timestamp_seconds',
    help: 'When the configuration file in use was read, in seconds since the epoch.',
    labelNames: ['variable'],
    registers,
  })
  return {
    opened: (variable) => {
      for (const outcome of ['reloaded', 'refused']) reloads.inc({ variable, outcome }, 0)
      isCurrent.set({ variable }, 1)
      lastSuccess.setToCurrentTime({ variable })
    },
    changed: (variable, outcome) => {
      reloads.inc({ variable, outcome })
      isCurrent.set({ variable }, outcome === 'reloaded' ? 1 : 0)
      if (outcome === 'reloaded') lastSuccess.setToCurrentTime({ variable })
    },
  }
}
