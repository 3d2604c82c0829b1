import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { createGuards, type GuardedPart } from '@buyer-group/shared/resilience/create-guards.ts'
import type { Guard } from '@buyer-group/shared/resilience/guard.ts'
import type { Registry } from 'prom-client'

/** How long a batch waits for MongoDB before it is published without having asked (milliseconds). */
export const LOOKUP_TIMEOUT_MS = 500

/**
 * MongoDB is asked for repeats alone, and intake goes on without it: after two lookups in a row without an answer it is
 * left alone for two seconds.
 */
export const MONGODB_LIMITS = {
  timeoutMs: LOOKUP_TIMEOUT_MS,
  failures: 2,
  leftAloneMs: 2_000,
} as const satisfies GuardedPart

export type IngestGuards = Readonly<Record<'mongodb' | 'kafka' | 'registry', Guard>>

export type Probes = Readonly<Record<keyof IngestGuards, NonNullable<GuardedPart['probe']>>>

/** The guards around what ingest asks of the world outside. */
export function createIngestGuards(probes: Probes, registry: Registry, logger: Logger): IngestGuards {
  return createGuards(
    {
      mongodb: { ...MONGODB_LIMITS, probe: probes.mongodb },
      kafka: { probe: probes.kafka },
      registry: { probe: probes.registry },
    },
    registry,
    logger,
  )
}
