import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { deadLetterTopic, GROUPS, TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { createDeployment } from '@buyer-group/testing/processes/deployment.ts'
import { withFaultPoints } from '@buyer-group/testing/processes/fault-env.ts'
import { untilKilled } from '@buyer-group/testing/processes/process-state.ts'
import { untilTrue } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'
import { MAX_ATTEMPTS } from './people-sources/http/ask-for-page.ts'
import { json, startLocalProvider } from './people-sources/test-kit/local-provider.ts'
import { MAPPING } from './people-sources/test-kit/test-source.ts'
import { command } from './test-kit/test-refresher.ts'
import { waitingEvent } from './test-kit/waiting-event.ts'

const row = (id: string, title: string, updated: string | null) => ({
  id,
  first: 'Kim',
  last: id,
  contact: { email: `${id}@x.io` },
  job: { title },
  updated,
})

/** A deployment whose refreshers ask a provider, and one command to refresh a company where one change waits. */
async function askedFor(companyId: string) {
  const provider = await startLocalProvider()
  provider.answer(
    json({ people: [row('c1', 'CEO', '2026-01-01T00:00:00Z'), row('p1', 'Clerk', '2026-01-01T00:00:00Z')] }),
  )
  const directory = mkdtempSync(join(tmpdir(), 'people-source-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const mapping = join(directory, 'mapping.json')
  // The provider is the one whose events come in, so that its people are known.
  writeFileSync(mapping, JSON.stringify({ ...MAPPING, source: 'test' }))
  const deployment = await createDeployment(onTestFinished, {
    PEOPLE_SOURCE: 'http',
    PEOPLE_SOURCE_URL: provider.url,
    PEOPLE_SOURCE_MAPPING: mapping,
  })
  await deployment.collections.webhookEvents.insertOne(waitingEvent({ id: 'e1', day: 9, companyId }))
  const topic = topicNames(deployment.topicPrefix).command('normal')
  const encode = await openEncoder(createRegistry(deployment.schemaRegistryUrl), topic, 'refresh-command')
  const order = (key: string, sequence = 6) =>
    deployment.produce(TOPICS.refreshCommandsNormal, [
      { key, value: encode(command(sequence, { companyId: key })), headers: {} },
    ])
  await order(companyId, 5)
  return { deployment, provider, order }
}

test('a refresh that is killed after the provider has answered goes on without asking it again', async () => {
  const { deployment, provider } = await askedFor('acme')
  const dying = await deployment.start('refresher', withFaultPoints('people.save:before:kill'), { untilReady: false })
  await untilKilled(dying)
  expect(provider.asked).toHaveLength(1)
  await deployment.forgetMembers('refresher')

  const next = await dying.restart()
  await untilTrue(async () => (await deployment.count(TOPICS.refreshResults)) === 1)
  const [result] = await deployment.read(TOPICS.refreshResults)
  // The event's later title wins over the row's; whom only the provider knows is a member too.
  expect(result?.value.members).toMatchObject([
    { name: 'Kim c1', title: 'CEO' },
    { name: 'Pat Doe', title: 'CFO' },
  ])
  expect(provider.asked).toHaveLength(1)
  expect(await next.stop()).toBe(0)
  const operation = await deployment.collections.pipelineOperations.findOne({})
  expect(operation?.steps.find(({ name }) => name === 'loadPeople')).toMatchObject({ status: 'memoised' })
})

test('a provider that refuses everybody holds the refresh up until it does not', async () => {
  const { deployment, provider } = await askedFor('acme')
  provider.answer((_request, response) => response.writeHead(401).end())
  const refresher = await deployment.start('refresher')
  await untilTrue(async () => provider.asked.length >= 2)
  expect(await deployment.collections.buyerGroups.countDocuments()).toBe(0)

  provider.answer(json({ people: [row('c1', 'CEO', null)] }))
  await untilTrue(async () => (await deployment.count(TOPICS.refreshResults)) === 1)
  const [result] = await deployment.read(TOPICS.refreshResults)
  expect(result?.value).toMatchObject({ outcome: 'completed', members: [{ title: 'CEO' }, { title: 'CFO' }] })
  expect(await refresher.stop()).toBe(0)
})

test('a company that the provider cannot serve holds up no other one, and is refreshed from the directory in the end', async () => {
  const { deployment, provider, order } = await askedFor('poison')
  const served = json({ people: [row('c1', 'CEO', null)] })
  provider.answer((request, response) =>
    request.url?.includes('poison') ? response.writeHead(500).end() : served(request, response),
  )
  const refresher = await deployment.start('refresher', { RETRY_DELAYS: '50ms,50ms' })
  // By then it has failed as a whole, and nothing else is known of the provider.
  await untilTrue(async () => provider.asked.length > MAX_ATTEMPTS)
  await order('globex')
  await untilTrue(async () => (await deployment.count(TOPICS.refreshResults)) === 2)
  const results = new Map(
    (await deployment.read(TOPICS.refreshResults)).map(({ value }) => [value.companyId, value] as const),
  )
  expect(results.get('globex')).toMatchObject({ outcome: 'completed', members: [{ title: 'CEO' }] })
  expect(results.get('poison')).toMatchObject({ outcome: 'completed', members: [{ title: 'CFO' }] })
  expect(await deployment.count(deadLetterTopic(TOPICS.refreshCommandsNormal, GROUPS.refresher))).toBe(0)
  expect(refresher.output()).toContain('made of the local directory alone')
  expect(await refresher.stop()).toBe(0)
})
