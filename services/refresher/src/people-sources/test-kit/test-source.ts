import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commonConfig } from '@buyer-group/shared/config/common.ts'
import { readConfig } from '@buyer-group/shared/config/read-config.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { createGuards } from '@buyer-group/shared/resilience/create-guards.ts'
import type { Guard } from '@buyer-group/shared/resilience/guard.ts'
import { Registry } from 'prom-client'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { checkPeopleSource, peopleSourceConfig } from '../config.ts'
import { type OpenPeopleSource, openPeopleSource, peopleSourceLimits } from '../open-people-source.ts'
import type { FindPeopleOptions } from '../people-source.ts'

export const TOKEN = 'very-secret-token-0123456789'

/** What the recorded shapes have in common; a test changes what it is about. */
export const MAPPING = {
  source: 'crm',
  request: { path: '/v1/companies/{companyId}/people' },
  list: 'people',
  fields: {
    id: 'id',
    name: ['first', 'last'],
    email: 'contact.email',
    title: '/job/title',
    department: 'job.department',
    updatedAt: 'updated',
  },
}

/** As much of the refresher's configuration as the source looks at. */
const { SHUTDOWN_TIMEOUT } = commonConfig
export const TEST_SCHEMA = z.object({ ...peopleSourceConfig, SHUTDOWN_TIMEOUT }).superRefine(checkPeopleSource)

export interface TestSource {
  readonly source: OpenPeopleSource
  readonly registry: Registry
  /** The waits that were asked for, in milliseconds; none of them is waited for. */
  readonly pauses: number[]
  find(companyId?: string, options?: Partial<FindPeopleOptions>): ReturnType<OpenPeopleSource['findPeople']>
  /** The value of a counter by its `outcome`. */
  counted(name: string): Promise<Record<string, number>>
}

/**
 * The source as the service opens it: configuration, guard and all, over real connections. Only waits between tries are
 * not waited for: the clock goes on by them instead.
 */
export function openTestSource(
  url: string,
  given: {
    readonly mapping?: object
    readonly env?: Readonly<Record<string, string>>
    readonly guard?: Pick<Guard, 'run'>
  } = {},
): TestSource {
  const directory = mkdtempSync(join(tmpdir(), 'people-source-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'mapping.json')
  writeFileSync(file, JSON.stringify(given.mapping ?? MAPPING))
  const config = readConfig(TEST_SCHEMA, {
    PEOPLE_SOURCE: 'http',
    PEOPLE_SOURCE_URL: url,
    PEOPLE_SOURCE_TOKEN: TOKEN,
    PEOPLE_SOURCE_MAPPING: file,
    PEOPLE_SOURCE_RATE: '10000',
    ...given.env,
  })
  const registry = new Registry()
  const logger = createLogger('test', 'silent')
  const guards = createGuards({ people_source: peopleSourceLimits(config) }, registry, logger)
  const pauses: number[] = []
  let skipped = 0
  const source = openPeopleSource({
    config,
    guard: given.guard ?? guards.people_source,
    registry,
    logger,
    now: () => Date.now() + skipped,
    pause: async (ms, signal) => {
      signal.throwIfAborted()
      pauses.push(ms)
      skipped += ms
    },
    random: () => 0.5,
  })
  if (source === null) throw new Error('no remote source is configured')
  onTestFinished(() => source.close())
  return {
    source,
    registry,
    pauses,
    find: (companyId = 'acme', options = {}) =>
      source.findPeople(
        { companyId, companyName: 'Acme & Söhne' },
        { signal: new AbortController().signal, idempotencyKey: 'refresh-1', ...options },
      ),
    counted: async (name) => {
      const values = (await registry.getSingleMetric(name)?.get())?.values ?? []
      return Object.fromEntries(
        values.filter(({ value }) => value > 0).map(({ labels, value }) => [String(labels.outcome), value]),
      )
    },
  }
}

/** A row as the recorded shapes write it, for somebody whose data must never be told. */
export const providerRow = (id: string | number, more: object = {}) => ({
  id,
  first: 'Ada',
  last: 'Privat',
  contact: { email: 'ada.privat@example.com' },
  job: { title: 'Chief Secret Officer', department: 'Finance' },
  updated: '2026-01-10T09:00:00+01:00',
  ...more,
})

/** The same row as the source gives it. */
export const sourcedRow = (id: string | number, more: object = {}) => ({
  sourceId: `crm:${id}`,
  name: 'Ada Privat',
  email: 'ada.privat@example.com',
  title: 'Chief Secret Officer',
  department: 'Finance',
  active: true,
  updatedAt: '2026-01-10T08:00:00.000Z',
  ...more,
})

/** Words that no error may hold: the token, and what providerRow says of its person. */
export const PRIVATE = [TOKEN, 'Privat', 'ada.privat', 'Secret']
