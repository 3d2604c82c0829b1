import { TEST_TOKEN } from '@buyer-group/testing/processes/deployment.ts'
import { withFaultPoints } from '@buyer-group/testing/processes/fault-env.ts'
import { untilKilled } from '@buyer-group/testing/processes/process-state.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { between } from '@buyer-group/testing/scenarios/seeded-random.ts'
import { untilTrue } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'

test('groups that were stored but not published when the refresher was killed are published, before others replace them', async () => {
  const scenario = await createScenario(onTestFinished, { title: 'row 4, under load' })
  const { deployment, random } = scenario
  const { buyerGroups, refreshLogs } = deployment.collections
  const nth = between(1, 20, random)
  const [dying] = await Promise.all([
    deployment.start('refresher', withFaultPoints(`groups.insert:after:kill@${nth}`)),
    deployment.start('ingest'),
    deployment.start('detector'),
  ])
  const provider = scenario.provide()
  await untilKilled(dying)
  await provider.done
  const unpublished = await buyerGroups.find({ publishedAt: null }).toArray()
  expect(unpublished.length).toBeGreaterThan(0)

  // A refresh by hand has a topic of its own, so it may well come before the command that was left.
  for (const { companyId } of unpublished.slice(0, 3)) {
    const { status } = await fetch(`${deployment.ingestUrl}/api/refreshes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TEST_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ companyId }),
    })
    expect(status).toBe(202)
  }
  const asked = Math.min(3, unpublished.length)
  await untilTrue(async () => (await refreshLogs.countDocuments({ reason: 'manual' })) === asked)
  await deployment.forgetMembers('refresher')
  await dying.restart()

  const { results } = await scenario.settle()
  for (const { refreshId } of unpublished) expect(results.has(`${refreshId}:completed`)).toBe(true)
})
