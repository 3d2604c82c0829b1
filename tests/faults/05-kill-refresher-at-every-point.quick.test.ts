import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { withFaultPoints } from '@buyer-group/testing/processes/fault-env.ts'
import { untilKilled } from '@buyer-group/testing/processes/process-state.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { expect, onTestFinished, test } from 'vitest'

/** In the order of a refresh's flow, so that every process gets as far as its own point. */
const POINTS = [
  'operations.begin:after:kill',
  'people.save:after:kill',
  'positions.write:after:kill',
  'groups.replacePublished:before:kill',
  'groups.replacePublished:after:kill',
  'publisher.publish:before:kill',
  'publisher.publish:after:kill',
  'groups.markPublished:after:kill',
  'events.release:after:kill',
  'logs.end:after:kill',
  'operations.end:after:kill',
]

test('a refresh whose process is killed after each of its steps in turn stays one refresh with one difference', async () => {
  const { deployment, post, settle } = await createScenario(onTestFinished, { title: 'row 5' })
  const [refresher] = await Promise.all([
    deployment.start('refresher'),
    deployment.start('ingest'),
    deployment.start('detector'),
  ])
  const company = { id: 'acme', name: 'Acme' }
  const before = nativeEvent({ company, person: { id: 'ann', name: 'Ann', newTitle: 'CTO' } })
  const after = nativeEvent({
    company,
    timestamp: '2026-02-01T00:00:00Z',
    person: { id: 'bob', name: 'Bob', newTitle: 'CFO' },
  })
  await post(before)
  await settle()
  await refresher.stop()

  await post(after)
  for (const point of POINTS) {
    const dying = await refresher.restart(withFaultPoints(point), { untilReady: false })
    await untilKilled(dying)
    await deployment.forgetMembers('refresher')
  }
  await refresher.restart()

  const { results } = await settle()
  const [first, second, ...others] = [...results.values()]
  expect(others).toEqual([])
  expect(second).toMatchObject({
    previousSequence: first?.sequence,
    added: [{ name: 'Bob' }],
    removed: [],
    changed: [],
  })
})
