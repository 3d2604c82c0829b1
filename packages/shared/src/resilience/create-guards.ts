import type { Registry } from 'prom-client'
import type { Logger } from '../logging/create-logger.ts'
import { createGuard, type Guard, type GuardOptions } from './guard.ts'
import { createGuardMetrics } from './guard-metrics.ts'
import { PART_LIMITS } from './limits.ts'

/** A part's probe, and its limits where they are not PART_LIMITS. */
export type GuardedPart = Partial<Omit<GuardOptions, 'part' | 'metrics' | 'logger'>>

/** One guard for each outside part of a process, by its name; all report to one metrics registry. */
export function createGuards<Part extends string>(
  parts: Readonly<Record<Part, GuardedPart>>,
  registry: Registry,
  logger: Logger,
): Readonly<Record<Part, Guard>> {
  const metrics = createGuardMetrics(registry)
  const guards = Object.entries<GuardedPart>(parts).map(
    ([part, options]) => [part, createGuard({ part, ...PART_LIMITS, ...options, metrics, logger })] as const,
  )
  return Object.fromEntries(guards) as Record<Part, Guard>
}
