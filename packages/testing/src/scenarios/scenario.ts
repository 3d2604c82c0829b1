import type { AuditReport } from '@buyer-group/operations/audit/rules/audit-report.ts'
import { formatAudit } from '@buyer-group/operations/audit/rules/format-audit.ts'
import type { RefreshResult } from '@buyer-group/shared/messages/messages.ts'
import type { NativeEvent } from '@buyer-group/shared/messages/native-event.ts'
import { expect } from 'vitest'
import { postEvent } from '../events/signed-request.ts'
import { createDeployment, type Deployment, type DeploymentStack, TEST_SECRET } from '../processes/deployment.ts'
import { auditAtRest } from './audit-at-rest.ts'
import { checkPublished } from './check-published.ts'
import { congressLoad, type LoadSize } from './congress-load.ts'
import { expectedEnd } from './expected-end.ts'
import { AT_REST, countInFlight } from './in-flight.ts'
import { type Provider, type ProviderOptions, startProvider } from './provider-client.ts'
import { readEnd } from './read-end.ts'
import { type Random, seededRandom, seedFrom } from './seeded-random.ts'
import { untilEqual } from './until.ts'

export interface ScenarioOptions {
  /** Of the test, printed beside the seed. */
  readonly title: string
  /** 200 real events, 20 moves and 20 % twice unless told. */
  readonly load?: LoadSize
  /** REFRESH_WINDOW in milliseconds, 1,000 unless told. */
  readonly windowMs?: number
  /** Of every service. */
  readonly env?: Readonly<Record<string, string>>
  readonly stack?: DeploymentStack
}

export interface SettleOptions {
  /** What was accepted besides the scenario's own load, for the truth to hold. */
  readonly more?: readonly NativeEvent[]
  /** How long the deployment may take to come to rest. */
  readonly timeoutMs?: number
  /** How far the services' clocks may lie apart, in milliseconds; a minute unless told. */
  readonly clockToleranceMs?: number
}

export interface Settled {
  /** What subscribers were told, by `ce_id`. */
  readonly results: ReadonlyMap<string, RefreshResult>
  /** What the checker of a live system says of this one. */
  readonly audit: AuditReport
}

/** A deployment, a load from the real events, and what must be true at the end whatever happens in between. */
export interface Scenario {
  readonly deployment: Deployment
  /** Every event of the load, once. */
  readonly events: readonly NativeEvent[]
  /** The load as it is sent: shuffled, some events twice. */
  readonly sent: readonly NativeEvent[]
  /** For random times and points; its row follows from FAULT_SEED. */
  readonly random: Random
  /** Posts the load in the background, to the deployment's first ingest over 16 connections unless told otherwise. */
  provide(options?: Partial<ProviderOptions>): Provider
  /** Posts one more event to the deployment's first ingest, which must accept it. */
  post(event: NativeEvent): Promise<void>
  /**
   * Waits until everything is delivered and nothing is under way, then asserts the invariants and prints their counts.
   * Needs at least one instance of each service running.
   */
  settle(options?: SettleOptions): Promise<Settled>
}

const DEFAULT_LOAD: LoadSize = { real: 200, moves: 20, duplicates: 0.2 }

/** Long enough for a machine that others use as well. */
const SETTLE_MS = 120_000

/**
 * Sets a scenario up; no service runs yet. `onEnd` is given what tears it down: vitest's onTestFinished in a test.
 */
export async function createScenario(
  onEnd: (release: () => Promise<void>) => unknown,
  { title, load = DEFAULT_LOAD, windowMs = 1_000, env = {}, stack = {} }: ScenarioOptions,
): Promise<Scenario> {
  const random = seededRandom(seedFrom('FAULT_SEED', title))
  const { events, sent } = await congressLoad(load, random)
  const deployment = await createDeployment(onEnd, { ...env, REFRESH_WINDOW: `${windowMs}ms` }, stack)
  const posted: NativeEvent[] = []
  let provider: Provider | undefined

  return {
    deployment,
    events,
    sent,
    random,
    provide: (options = {}) => {
      provider = startProvider({
        events: sent,
        urls: () => [deployment.ingestUrl],
        secret: TEST_SECRET,
        concurrency: 16,
        timeoutMs: 15_000,
        random,
        ...options,
      })
      return provider
    },
    post: async (event) => {
      const { status } = await postEvent(deployment.ingestUrl, event, TEST_SECRET)
      expect(status).toBe(202)
      posted.push(event)
    },
    settle: async ({ more = [], timeoutMs = SETTLE_MS, clockToleranceMs } = {}) => {
      await provider?.done
      const accepted = [...(provider === undefined ? [] : events), ...posted, ...more]
      const state = async () => ({
        recorded: await deployment.collections.webhookEvents.countDocuments(),
        ...(await countInFlight(deployment)),
      })
      await untilEqual(state, { recorded: accepted.length, ...AT_REST }, timeoutMs)
      const audit = await auditAtRest({ ...deployment, windowMs, clockToleranceMs }, timeoutMs)
      console.log(`${title}\n${formatAudit(audit)}`)
      expect(audit).toMatchObject({ counts: { lost: 0, twice: 0 }, violations: [] })
      expect(await readEnd(deployment.collections)).toEqual(expectedEnd(accepted))
      return { results: await checkPublished(deployment), audit }
    },
  }
}
