import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { withFaultPoints } from '@buyer-group/testing/processes/fault-env.ts'
import { untilKilled } from '@buyer-group/testing/processes/process-state.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { expect, onTestFinished, test } from 'vitest'

test('the group of a refresher that was killed after saving it is published, also where no other refresh follows', async () => {
  const { deployment, post, settle } = await createScenario(onTestFinished, { title: 'row 4, alone' })
  const [dying] = await Promise.all([
    deployment.start('refresher', withFaultPoints('groups.insert:after:kill')),
    deployment.start('ingest'),
    deployment.start('detector'),
  ])
  await post(nativeEvent())
  await untilKilled(dying)
  const [stored] = await deployment.collections.buyerGroups.find().toArray()
  expect(stored?.publishedAt).toBeNull()

  await deployment.forgetMembers('refresher')
  await dying.restart()
  const { results } = await settle()
  expect([...results.keys()]).toEqual([`${stored?.refreshId}:completed`])
})
