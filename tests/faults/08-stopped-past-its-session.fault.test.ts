import { printFigure, timeOf } from '@buyer-group/testing/faults/measure.ts'
import { isStopped } from '@buyer-group/testing/faults/stopped.ts'
import { expectSurvivors } from '@buyer-group/testing/faults/survivors.ts'
import { withFaultPoints } from '@buyer-group/testing/processes/fault-env.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { untilTrue } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'

/** Events a second: with the load below, it outlasts the stop. */
const PER_SECOND = 40

/** "Within the session timeout (10 s) plus 5 s"; a busy machine gets this. */
const TAKEN_OVER_WITHIN_MS = 60_000

/** Where a stale writer can do the most harm: it has decided what to write or publish, and does so when it wakes. */
const DETECTOR_POINTS = ['publisher.publish:before:stop@3', 'windows.claimOrMark:before:stop@5']
const REFRESHER_POINTS = ['publisher.publish:before:stop@5', 'groups.replacePublished:before:stop@5']

test('processes that are stopped in the midst of their work past their session, and wake, change nothing that others have done since', async () => {
  const scenario = await createScenario(onTestFinished, {
    title: 'row 8, stopped',
    load: { real: 1_400, moves: 60, duplicates: 0.1 },
  })
  const { deployment } = scenario
  const others = await Promise.all([
    deployment.start('ingest'),
    deployment.start('detector'),
    deployment.start('refresher'),
  ])
  const zombies = await Promise.all([
    ...DETECTOR_POINTS.map((point) => deployment.start('detector', withFaultPoints(point))),
    ...REFRESHER_POINTS.map((point) => deployment.start('refresher', withFaultPoints(point))),
  ])
  const provider = scenario.provide({ perSecond: PER_SECOND })
  await Promise.all(zombies.map((zombie) => untilTrue(() => isStopped(zombie))))

  // Everything accepted up to now, their share included, is decided and refreshed while they stand still.
  const until = new Date()
  const { webhookEvents } = deployment.collections
  const accepted = { receivedAt: { $lte: until } }
  const unfinished = { ...accepted, $or: [{ processed: false }, { 'waitingFor.0': { $exists: true } }] }
  const count = provider.accepted.size
  const takeoverMs = await timeOf(() =>
    untilTrue(
      async () =>
        (await webhookEvents.countDocuments(accepted)) >= count &&
        (await webhookEvents.countDocuments(unfinished)) === 0,
      TAKEN_OVER_WITHIN_MS,
    ),
  )
  for (const zombie of zombies) expect(await isStopped(zombie)).toBe(true)
  for (const zombie of zombies) zombie.kill('SIGCONT')
  printFigure('row 8, two detectors and two refreshers stopped', { 'all of their work taken over after': takeoverMs })

  await scenario.settle()
  await expectSurvivors([...others, ...zombies])
})
