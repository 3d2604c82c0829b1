import { withFaultPoints } from '@buyer-group/testing/processes/fault-env.ts'
import { untilKilled } from '@buyer-group/testing/processes/process-state.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { between } from '@buyer-group/testing/scenarios/seeded-random.ts'
import { onTestFinished, test } from 'vitest'

test('a detector killed after producing, before committing, claims no window twice and loses no event', async () => {
  const scenario = await createScenario(onTestFinished, { title: 'row 3' })
  const { deployment, random } = scenario
  const nth = between(1, 2, random)
  const [dying] = await Promise.all([
    deployment.start('detector', withFaultPoints(`publisher.publish:after:kill@${nth}`)),
    deployment.start('ingest'),
    deployment.start('refresher'),
  ])
  const provider = scenario.provide({ concurrency: 4 })
  await untilKilled(dying)
  await provider.done
  await deployment.forgetMembers('detector')
  await dying.restart()
  await scenario.settle()
})
