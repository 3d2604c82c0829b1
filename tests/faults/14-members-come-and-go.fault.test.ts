import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { watchCommits } from '@buyer-group/testing/faults/find-early-commits.ts'
import { printFigure, timeOf } from '@buyer-group/testing/faults/measure.ts'
import { expectSurvivors } from '@buyer-group/testing/faults/survivors.ts'
import { watchCount } from '@buyer-group/testing/faults/watch-count.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { untilTrue } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'

/** How often a detector and a refresher join and leave; by turns they are asked to end, and killed. */
const ROUNDS = 6

/** Nothing may stand still for longer than a session (10 s) and a rebalance; a busy machine gets this. */
const STALLED_MS = 60_000

test('members that join and leave every few seconds, asked to or killed, commit nothing unfinished, and work goes on', async () => {
  const scenario = await createScenario(onTestFinished, {
    title: 'row 14',
    load: { real: 2_000, moves: 100, duplicates: 0.1 },
  })
  const { deployment } = scenario
  const { webhookEvents } = deployment.collections
  const lasting = await Promise.all([
    deployment.start('ingest'),
    deployment.start('detector'),
    deployment.start('refresher'),
  ])
  const commits = await watchCommits(onTestFinished, deployment)
  const provider = scenario.provide({ perSecond: 25 })

  const decided = () => webhookEvents.countDocuments({ processed: true })
  const progress = watchCount(onTestFinished, decided)
  /** Whether all that was accepted up to a moment is recorded, decided and refreshed. */
  const isFinished = async (upTo: Date, count: number) => {
    const accepted = { receivedAt: { $lte: upTo } }
    const open = { ...accepted, $or: [{ processed: false }, { 'waitingFor.0': { $exists: true } }] }
    return (await webhookEvents.countDocuments(accepted)) >= count && (await webhookEvents.countDocuments(open)) === 0
  }
  const takeovers: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const joining = await Promise.all([deployment.start('detector'), deployment.start('refresher')])
    const event = nativeEvent({ company: { id: `round_${round}`, name: 'Round' } })
    await scenario.post(event)
    await untilTrue(
      async () =>
        (await webhookEvents.countDocuments({ idempotencyKey: `${event.source}:${event.id}`, processed: true })) === 1,
    )
    const isKilled = round % 2 === 1
    for (const service of joining) service.kill(isKilled ? 'SIGKILL' : 'SIGTERM')
    const left = await Promise.all(joining.map(({ exited }) => exited))
    expect(left).toEqual(isKilled ? ['SIGKILL', 'SIGKILL'] : [0, 0])
    if (isKilled) {
      const killedAt = new Date()
      const count = provider.accepted.size
      takeovers.push(await timeOf(() => untilTrue(() => isFinished(killedAt, count), STALLED_MS)))
    }
    expect(await commits.findEarly()).toEqual([])
  }
  printFigure('row 14', {
    'longest time without a decision': progress.longestStallMs(),
    'work of a killed detector and refresher finished by others after at most': Math.max(...takeovers),
  })

  await scenario.settle()
  expect(await commits.findEarly()).toEqual([])
  await expectSurvivors(lasting)
})
