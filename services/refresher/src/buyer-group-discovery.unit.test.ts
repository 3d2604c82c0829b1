import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { testWorkflow } from '@buyer-group/pipeline/test-kit/test-workflow.ts'
import { toMermaid } from '@buyer-group/pipeline/to-mermaid.ts'
import { DEFAULT_PROFILE } from '@buyer-group/rules/membership/default-profile.ts'
import { builtIn } from '@buyer-group/shared/config/reloading-file.ts'
import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { createMemoryDatabase } from '@buyer-group/testing/memory/memory-database.ts'
import { Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { buyerGroupDiscovery } from './buyer-group-discovery.ts'
import { createRefresherMetrics } from './metrics.ts'
import type { PeopleSource } from './people-sources/people-source.ts'
import { refreshIdOf } from './refresh-id.ts'
import type { RefreshRun } from './refresher.ts'
import { createMemoryStores } from './test-kit/memory-stores.ts'
import { command } from './test-kit/test-refresher.ts'
import { waitingEvent } from './test-kit/waiting-event.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value))

/** The workflow over stores in memory. */
function discovery(more: { cacheMaxAgeMs?: number; peopleSource?: PeopleSource } = {}) {
  const database = createMemoryDatabase(() => new Date())
  const published: OutgoingMessage[] = []
  const stores = createMemoryStores(database)
  const put = (...events: Parameters<typeof waitingEvent>[0][]) => {
    for (const event of events.map(waitingEvent)) database.events.set(event.idempotencyKey, event)
  }
  const context: Omit<RefreshRun, 'runs' | 'clock' | 'random'> = {
    stores,
    publisher: { publish: async (messages) => void published.push(...messages) },
    results: { topic: 'results', encode },
    current: { topic: 'current', encode },
    metrics: createRefresherMetrics(new Registry()),
    logger: createLogger('discovery-tests', 'silent'),
    now: () => new Date(),
    pause: async () => {},
    cacheMaxAgeMs: more.cacheMaxAgeMs ?? 0,
    profile: builtIn(DEFAULT_PROFILE).current,
    peopleSource: more.peopleSource ?? null,
    traceparent: undefined,
  }
  const tested = testWorkflow(buyerGroupDiscovery, { context: context as RefreshRun })
  const run = (sequence: number) => tested.run(command(sequence), { key: refreshIdOf(`cmd_${sequence}`) })
  return { ...tested, run, database, stores, published, put }
}

describe('buyer-group discovery', () => {
  test('is the picture in the README', () => {
    const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
    expect(readme).toContain(`\`\`\`mermaid\n${toMermaid(buyerGroupDiscovery)}\`\`\``)
  })

  test('reads the stored group before the waiting changes, and those before the directory', async () => {
    const { run, put, executed } = discovery()
    put({ id: 'e1', day: 1 })
    await run(5)
    const reads = executed().filter((node) => /^load(StoredGroup|WaitingChanges|Directory)$/.test(node))
    expect(reads).toEqual(['loadStoredGroup', 'loadWaitingChanges', 'loadDirectory'])
  })

  test('takes a fresh group over without reading the directory, and publishes it', async () => {
    const { run, put, transitions, published } = discovery({ cacheMaxAgeMs: 60_000 })
    put({ id: 'e1', day: 1 })
    await run(5)
    const before = transitions.length
    const { output } = await run(6)
    expect(output).toMatchObject({ outcome: 'cached', sequence: 6, members: 1, changed: 0 })
    const skipped = transitions.slice(before).flatMap((told) => (told.kind === 'node_skipped' ? [told.node] : []))
    expect(skipped).toEqual(expect.arrayContaining(['loadDirectory', 'loadPeople', 'composeBuyerGroup']))
    expect(published.filter(({ topic }) => topic === 'current')).toHaveLength(2)
  })

  test('leaves a command that a later refresh covers, and stores that as the end of its run', async () => {
    const { run, store, published } = discovery()
    await run(6)
    expect(await run(5)).toMatchObject({ status: 'superseded', output: { outcome: 'superseded', supersededBy: 6 } })
    expect(await store.read(refreshIdOf('cmd_5'))).toMatchObject({ status: 'superseded' })
    expect(published).toHaveLength(2)
  })

  test('looks anew where the group moved while it was computed, and asks the people source once all the same', async () => {
    const asked: string[] = []
    const peopleSource: PeopleSource = {
      name: 'crm',
      findPeople: async (_company, { idempotencyKey }) => {
        asked.push(idempotencyKey)
        return [{ ...SOMEBODY, sourceId: 'crm:1' }]
      },
    }
    const { run, stores, database, story } = discovery({ peopleSource })
    const { insert } = stores.groups
    let refused = 0
    Object.assign(stores.groups, {
      insert: async (group: Parameters<typeof insert>[0]) => (refused++ < 2 ? false : insert(group)),
    })
    expect((await run(5)).output).toMatchObject({ outcome: 'completed', members: 1, added: 1 })
    expect(asked).toHaveLength(1)
    expect(story('loadPeople').filter((told) => told.endsWith('memoised'))).toHaveLength(2)
    expect(database.groups.get('acme')?.members).toMatchObject([{ name: 'Kim', title: 'CEO' }])
  })

  test('takes a run over that the version before left open, and leaves one of a newer version alone', async () => {
    const { run, store } = discovery()
    const begin = (sequence: number, version: string) => {
      const { name: workflow } = buyerGroupDiscovery
      const input = JSON.stringify(command(sequence))
      return store.begin({ key: refreshIdOf(`cmd_${sequence}`), workflow, version, input, at: new Date() })
    }
    await begin(5, '1')
    expect((await run(5)).output).toMatchObject({ outcome: 'completed' })
    await begin(6, 'newer')
    await expect(run(6)).rejects.toMatchObject({ code: 'workflow_version_unknown', fate: 'unknown' })
  })

  test('is tried again later where the group moves ten times', async () => {
    const { run, stores } = discovery()
    Object.assign(stores.groups, { insert: async () => false })
    await expect(run(5)).rejects.toMatchObject({ code: 'rounds_exhausted', fate: 'retryable' })
  })
})

const SOMEBODY = { name: 'Kim', email: null, title: 'CEO', department: null, active: true, updatedAt: null }
