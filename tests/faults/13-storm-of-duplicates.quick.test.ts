import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
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
  const alone = Array.from({ length: 10 }, (_, index) => nativeEvent({ company: { id: `alone-${index}` } }))
  const storm = shuffled(Array.from({ length: COPIES }, () => [...events, ...alone]).flat(), random)
  const provider = scenario.provide({ events: storm, urls: () => [one.url, other.url], concurrency: CONNECTIONS })
  const { audit } = await scenario.settle({ more: alone })

  expect([...provider.answers.keys()].sort()).toEqual([200, 202])
  const distinct = events.length + alone.length
  expect(provider.answers.get(200)).toBeGreaterThan(distinct * (COPIES - 10))
  expect(audit.counts).toMatchObject({ accepted: distinct, decided: distinct })
  // What ingest once let through twice comes again, when all has long been decided.
  const published = await deployment.readBytes(TOPICS.personChanges)
  await deployment.produce(
    TOPICS.personChanges,
    published.map(({ key, value, partition }) => ({ key, value, partition })),
  )
  await scenario.settle({ more: alone })

  // A repeat that counted as news would mark the window pending, and a second refresh would follow.
  const refreshes = await deployment.collections.refreshLogs.countDocuments({ companyId: /^alone-/ })
  expect(refreshes).toBe(alone.length)
})
