import { withFaultPoints } from '@buyer-group/testing/processes/fault-env.ts'
import { untilKilled } from '@buyer-group/testing/processes/process-state.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { between } from '@buyer-group/testing/scenarios/seeded-random.ts'
import { expect, onTestFinished, test } from 'vitest'

test('an event that was published but not answered when ingest was killed has one effect, wherever it is sent again', async () => {
  const scenario = await createScenario(onTestFinished, { title: 'row 2' })
  const { deployment, random } = scenario
  const nth = between(1, 8, random)
  const [dying, other] = await Promise.all([
    deployment.start('ingest', withFaultPoints(`publisher.publish:after:kill@${nth}`)),
    deployment.start('ingest'),
    deployment.start('detector'),
    deployment.start('refresher'),
  ])
  const provider = scenario.provide({ urls: () => [dying.url, other.url] })

  await untilKilled(dying)
  await dying.restart()
  await scenario.settle()
  expect(provider.answers.get('none')).toBeGreaterThan(0)
})
