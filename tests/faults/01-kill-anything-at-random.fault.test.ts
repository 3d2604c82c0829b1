import { withFaultPoints } from '@buyer-group/testing/processes/fault-env.ts'
import type { ServiceName } from '@buyer-group/testing/processes/start-service.ts'
import { superviseService } from '@buyer-group/testing/processes/supervise-service.ts'
import { checkCommitsFollowWork } from '@buyer-group/testing/scenarios/check-commits.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { between, pick, shuffled } from '@buyer-group/testing/scenarios/seeded-random.ts'
import { expect, onTestFinished, test } from 'vitest'

const SERVICES: readonly ServiceName[] = ['ingest', 'detector', 'refresher', 'ingest', 'detector', 'refresher']

/** After every instance was killed once, so many more, any of them. */
const MORE_KILLS = 3

/** Where a process may end itself soon after it was started again. */
const POINTS: Readonly<Record<ServiceName, readonly string[]>> = {
  ingest: ['lookup.find', 'publisher.publish'],
  detector: [
    'events.insert',
    'windows.claimOrMark',
    'logs.insert',
    'publisher.publish',
    'windows.clearOutboxes',
    'events.decide',
  ],
  refresher: [
    'operations.begin',
    'people.save',
    'positions.write',
    'groups.insert',
    'groups.replacePublished',
    'publisher.publish',
    'groups.markPublished',
    'events.release',
    'operations.end',
  ],
}

test('two instances of each service, any of them killed at any time and dying again at any point, lose and double nothing', async () => {
  const scenario = await createScenario(onTestFinished, {
    title: 'rows 1 to 5, at random',
    load: { real: 1_500, moves: 150, duplicates: 0.2 },
  })
  const { deployment, random, sent } = scenario
  const instances = await Promise.all(
    SERVICES.map(async (name) => superviseService(name, await deployment.start(name), onTestFinished)),
  )
  const urls = instances.filter(({ name }) => name === 'ingest').map(({ url }) => url)
  const provider = scenario.provide({ concurrency: 4, urls: () => urls })

  const victims = [...shuffled(instances, random), ...Array.from({ length: MORE_KILLS }, () => pick(instances, random))]
  for (const [index, victim] of victims.entries()) {
    await provider.untilAccepted(Math.floor((sent.length * (index + 1)) / (victims.length + 1)))
    const point = `${pick(POINTS[victim.name], random)}:${pick(['before', 'after'], random)}:kill@${between(1, 30, random)}`
    console.log(`killing ${victim.name}; it will die again at ${point}`)
    victim.kill(withFaultPoints(point))
    await checkCommitsFollowWork(deployment)
  }
  await scenario.settle()
  expect([...provider.answers.keys()].filter((answer) => answer !== 'none' && answer !== 503).sort()).toEqual([
    200, 202,
  ])
})
