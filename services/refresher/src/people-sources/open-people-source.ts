import { setTimeout as wait } from 'node:timers/promises'
import { MAX_OUTPUT_BYTES } from '@buyer-group/pipeline-mongodb/json/limits.ts'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import type { GuardedPart } from '@buyer-group/shared/resilience/create-guards.ts'
import type { Guard } from '@buyer-group/shared/resilience/guard.ts'
import type { Registry } from 'prom-client'
import type { PeopleSourceConfig } from './config.ts'
import { createHttpSource } from './http/http-source.ts'
import { measureRequests } from './http/measure-requests.ts'
import { createPeopleSourceMetrics } from './http/metrics.ts'
import { createOutages } from './http/outages.ts'
import { createPace, type Pause } from './http/pace.ts'
import { createPageRequester } from './http/request-page.ts'
import { parseMapping } from './http/rules/parse-mapping.ts'
import type { PeopleSource } from './people-source.ts'
import { readConfiguredFile, readToken } from './read-files.ts'

/** Calls that may wait for each one under way. */
const WAITING_FOR_EACH = 100

/** A provider is left alone for longer than a part of our own: the next company tries, and each try may be paid. */
const LEFT_ALONE_MS = 5_000

/** The limits of the guard around the provider, which has no probe: nobody asks a paid API whether it is there. */
export function peopleSourceLimits(config: PeopleSourceConfig): GuardedPart {
  return {
    timeoutMs: config.PEOPLE_SOURCE_TIMEOUT,
    concurrency: config.PEOPLE_SOURCE_CONCURRENCY,
    queue: config.PEOPLE_SOURCE_CONCURRENCY * WAITING_FOR_EACH,
    failures: 5,
    leftAloneMs: LEFT_ALONE_MS,
  }
}

export interface PeopleSourceParts {
  readonly config: PeopleSourceConfig
  readonly guard: Pick<Guard, 'run'>
  readonly registry: Registry
  readonly logger: Logger
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly pause?: Pause
  /** From 0 up to but not 1. */
  readonly random?: () => number
}

export interface OpenPeopleSource extends PeopleSource {
  /** Closes all connections. */
  close(): Promise<void>
}

/**
 * Opens the configured remote people source; null where the local directory is the only one. Nothing is asked yet.
 * @throws ConfigError where the token's or the mapping's file cannot be read or is not valid.
 */
export function openPeopleSource(parts: PeopleSourceParts): OpenPeopleSource | null {
  const { config, guard, registry, logger, now = Date.now, random = Math.random } = parts
  const { pause = (ms, signal) => wait(ms, undefined, { signal }) } = parts
  if (config.PEOPLE_SOURCE !== 'http') return null
  const mapping = readConfiguredFile('PEOPLE_SOURCE_MAPPING', config.PEOPLE_SOURCE_MAPPING, parseMapping)
  const token = readToken(config)
  const { header, prefix } = mapping.token
  const metrics = createPeopleSourceMetrics(registry)
  const requester = createPageRequester({
    headers: { ...mapping.request.headers, ...(token === undefined ? {} : { [header]: `${prefix}${token}` }) },
    maxBytes: config.PEOPLE_SOURCE_MAX_BYTES,
    timeoutMs: config.PEOPLE_SOURCE_TIMEOUT,
    now,
  })
  const source = createHttpSource({
    mapping,
    baseUrl: new URL(config.PEOPLE_SOURCE_URL ?? ''),
    maxPages: config.PEOPLE_SOURCE_MAX_PAGES,
    maxRows: config.PEOPLE_SOURCE_MAX_PEOPLE,
    maxPeopleBytes: MAX_OUTPUT_BYTES,
    deadlineMs: config.PEOPLE_SOURCE_DEADLINE,
    requester: measureRequests(requester, metrics),
    guard,
    pace: createPace({ perSecond: config.PEOPLE_SOURCE_RATE, now, pause }),
    outages: createOutages(now),
    metrics,
    logger,
    now,
    pause,
    random,
  })
  return { ...source, close: requester.close }
}
