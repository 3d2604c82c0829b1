import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { expect, onTestFinished, test } from 'vitest'

test('shuffled and duplicated events, with moves between companies, reach the end of an undisturbed run', async () => {
  const scenario = await createScenario(onTestFinished, {
    title: 'same end',
    load: { real: 2_500, moves: 100, duplicates: 0.3 },
  })
  const { deployment } = scenario
  await Promise.all([
    deployment.start('ingest'),
    deployment.start('detector'),
    deployment.start('detector'),
    deployment.start('refresher'),
    deployment.start('refresher'),
  ])
  const provider = scenario.provide({ concurrency: 32 })
  await scenario.settle()
  expect([...provider.answers.keys()].sort()).toEqual([200, 202])
})
