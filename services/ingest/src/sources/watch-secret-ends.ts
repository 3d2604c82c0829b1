import { Gauge, type Registry } from 'prom-client'
import { lastEndOf } from './last-end-of.ts'
import type { Sources } from './sources.ts'

/** Reports when sources will have no secret any more, so that somebody can be told in time. */
export function watchSecretEnds(registry: Registry, sources: () => Sources): void {
  new Gauge({
    name: 'ingest_source_secrets_end_timestamp_seconds',
    help: 'When the last secret of a source ends, in seconds since the epoch; no sample for a source with one that does not.',
    labelNames: ['source'] as const,
    registers: [registry],
    collect() {
      // Sources come and go while the process runs.
      this.reset()
      const { names, find } = sources()
      for (const name of names) {
        const source = find(name)
        const end = source === undefined ? Number.POSITIVE_INFINITY : lastEndOf(source)
        if (Number.isFinite(end)) this.set({ source: name }, end / 1_000)
      }
    },
  })
}
