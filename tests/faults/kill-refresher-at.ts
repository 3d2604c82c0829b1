import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { withFaultPoints } from '@buyer-group/testing/processes/fault-env.ts'
import { untilKilled } from '@buyer-group/testing/processes/process-state.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { expect, onTestFinished } from 'vitest'

/**
 * One refresh whose process is killed at each of these points in turn, its successor going on: asserts that it stays one
 * refresh with one difference. Points come in the order of the flow, so that every process gets as far as its own.
 */
export async function killRefresherAt(points: readonly string[]): Promise<void> {
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
  for (const point of points) {
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
}
