import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { shuffled } from '@buyer-group/testing/scenarios/seeded-random.ts'
import { expect, onTestFinished, test } from 'vitest'

const COPIES = 40
const CONNECTIONS = 64

test('a storm of duplicates from many connections to two instances has one effect an event', async () => {
  const scenario = await createScenario(onTestFinished, {
    title: 'row 13',
    load: { real: 50, moves: 5, duplicates: 0 },
  })
  const { deployment, events, random } = scenario
  const [one, other] = await Promise.all([
    deployment.start('ingest'),
    deployment.start('ingest'),
    deployment.start('detector'),
    deployment.start('detector'),
    deployment.start('refresher'),
  ])
  const storm = shuffled(Array.from({ length: COPIES }, () => events).flat(), random)
  const provider = scenario.provide({ events: storm, urls: () => [one.url, other.url], concurrency: CONNECTIONS })
  const { audit } = await scenario.settle()

  expect([...provider.answers.keys()].sort()).toEqual([200, 202])
  expect(provider.answers.get(200)).toBeGreaterThan(events.length * (COPIES - 10))
  expect(audit.counts).toMatchObject({ accepted: events.length, decided: events.length })
})
