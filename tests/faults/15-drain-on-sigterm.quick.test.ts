import type { ServiceName } from '@buyer-group/testing/processes/start-service.ts'
import { checkCommitsFollowWork } from '@buyer-group/testing/scenarios/check-commits.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { shuffled } from '@buyer-group/testing/scenarios/seeded-random.ts'
import { expect, onTestFinished, test } from 'vitest'

const SERVICES: readonly ServiceName[] = ['ingest', 'detector', 'refresher']

test('each service that gets SIGTERM in the midst of its work finishes it, commits it and exits with 0', async () => {
  const scenario = await createScenario(onTestFinished, {
    title: 'row 15',
    load: { real: 300, moves: 30, duplicates: 0.2 },
  })
  const { deployment, random, sent } = scenario
  const running = new Map(
    await Promise.all(SERVICES.map(async (name) => [name, await deployment.start(name)] as const)),
  )
  const provider = scenario.provide({ concurrency: 8 })

  for (const [index, name] of shuffled(SERVICES, random).entries()) {
    await provider.untilAccepted(Math.floor((sent.length * (index + 1)) / (SERVICES.length + 2)))
    const service = running.get(name)
    expect(await service?.stop(), service?.output()).toBe(0)
    await checkCommitsFollowWork(deployment)
    await service?.restart()
  }
  await scenario.settle()
})
