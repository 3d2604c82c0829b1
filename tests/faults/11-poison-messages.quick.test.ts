import { CONSUMED_TOPICS, deadLetterTopic, GROUPS, retryTopics } from '@buyer-group/shared/messages/topics.ts'
import { TEST_TOKEN } from '@buyer-group/testing/processes/deployment.ts'
import { makePoison, type Poison } from '@buyer-group/testing/scenarios/poison.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { untilEqual } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'

const PARTITIONS = 2
const GROUP_NAMES = Object.keys(GROUPS) as (keyof typeof GROUPS)[]

test('poison in every partition of every consumed topic is dead-lettered with its reason, and the partitions go on', async () => {
  const scenario = await createScenario(onTestFinished, {
    title: 'row 11',
    load: { real: 100, moves: 10, duplicates: 0.2 },
    stack: { topicPartitions: PARTITIONS },
  })
  const { deployment } = scenario
  await Promise.all([deployment.start('ingest'), deployment.start('detector'), deployment.start('refresher')])

  const expected = new Map<string, string[]>()
  for (const group of GROUP_NAMES) {
    for (const topic of CONSUMED_TOPICS[group]) {
      const letters: string[] = []
      for (const poisoned of [topic, ...retryTopics(topic, group)]) {
        const messages = []
        for (let partition = 0; partition < PARTITIONS; partition += 1) {
          const poison = await makePoison(deployment, topic, `${poisoned}-${partition}`)
          messages.push(...poison.map(({ key, value, what }) => ({ partition, key, value, headers: { what } })))
          letters.push(...poison.map(describe))
        }
        await deployment.produce(poisoned, messages)
      }
      expected.set(deadLetterTopic(topic, group), letters.sort())
    }
  }
  scenario.provide()
  const { status } = await fetch(`${deployment.ingestUrl}/api/refreshes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TEST_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ companyId: scenario.events[0]?.company.id }),
  })
  expect(status).toBe(202)
  await scenario.settle()

  for (const [topic, letters] of expected) {
    const found = async () =>
      (await deployment.readBytes(topic))
        .map(({ key, value, headers }) =>
          describe({ what: String(headers.what), code: String(headers['dlq-code']), key: key && String(key), value }),
        )
        .sort()
    await untilEqual(async () => (await found()).length, letters.length, 30_000)
    expect(await found(), topic).toEqual(letters)
  }
})

/** What a dead letter keeps of the original, and why it stands there. */
function describe({ what, code, key, value }: Poison): string {
  return `${what}: ${code} ${key} ${value?.toString('base64') ?? null}`
}
