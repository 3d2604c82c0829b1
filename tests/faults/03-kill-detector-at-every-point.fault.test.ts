import { withFaultPoints } from '@buyer-group/testing/processes/fault-env.ts'
import { untilKilled } from '@buyer-group/testing/processes/process-state.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { onTestFinished, test } from 'vitest'

/** In the order of a batch's flow, so that every process gets as far as its own point. */
const POINTS = [
  'events.insert:after:kill',
  'windows.claimOrMark:after:kill',
  'logs.insert:after:kill',
  'publisher.publish:before:kill',
  'publisher.publish:after:kill',
  'windows.clearOutboxes:after:kill',
  'events.decide:before:kill',
  'events.decide:after:kill',
]

test('a detector killed after each of its steps in turn, with new events each time, loses none and claims no window twice', async () => {
  const scenario = await createScenario(onTestFinished, { title: 'row 3' })
  const { deployment, sent } = scenario
  await Promise.all([deployment.start('ingest'), deployment.start('refresher')])
  const size = Math.ceil(sent.length / POINTS.length)

  for (const [index, point] of POINTS.entries()) {
    await scenario.provide({ events: sent.slice(index * size, (index + 1) * size) }).done
    const dying = await deployment.start('detector', withFaultPoints(point), { untilReady: false })
    await untilKilled(dying)
    await deployment.forgetMembers('detector')
  }
  await deployment.start('detector')
  await scenario.settle()
})
