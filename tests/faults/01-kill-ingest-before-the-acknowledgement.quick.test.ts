import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { postEvent } from '@buyer-group/testing/events/signed-request.ts'
import { TEST_SECRET } from '@buyer-group/testing/processes/deployment.ts'
import { withFaultPoints } from '@buyer-group/testing/processes/fault-env.ts'
import { untilStopped } from '@buyer-group/testing/processes/process-state.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { expect, onTestFinished, test } from 'vitest'

test('no event is answered 2xx before the broker acknowledged it; the retry of one that a kill left unanswered has one effect', async () => {
  const scenario = await createScenario(onTestFinished, { title: 'row 1' })
  const { deployment } = scenario
  const [frozen] = await Promise.all([
    deployment.start('ingest', withFaultPoints('publisher.publish:before:stop')),
    deployment.start('detector'),
    deployment.start('refresher'),
  ])
  const event = nativeEvent()
  const answer = postEvent(frozen.url, event, TEST_SECRET).then(
    ({ status }) => status,
    () => 'none',
  )
  await untilStopped(frozen.pid)
  expect(await deployment.count(TOPICS.personChanges)).toBe(0)
  frozen.kill('SIGKILL')
  expect(await answer).toBe('none')

  await frozen.exited
  await frozen.restart()
  await scenario.post(event)
  await scenario.settle()
  expect(await deployment.count(TOPICS.personChanges)).toBe(1)
})
