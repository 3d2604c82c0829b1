import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { postEvent } from '@buyer-group/testing/events/signed-request.ts'
import { TEST_SECRET } from '@buyer-group/testing/processes/deployment.ts'
import { withClockOff } from '@buyer-group/testing/processes/fault-env.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { untilTrue } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'

const TWO_HOURS_MS = 2 * 60 * 60 * 1_000

test('an ingest whose clock is two hours off is not ready and takes nothing, neither old nor new', async () => {
  const { deployment, post, settle } = await createScenario(onTestFinished, { title: 'row 10, ingest' })
  const isReady = async (adminUrl: string) => (await fetch(`${adminUrl}/readyz`)).ok
  const [right, jumping, behind, ahead] = await Promise.all([
    deployment.start('ingest'),
    deployment.start('ingest', withClockOff(-TWO_HOURS_MS, 'SIGUSR2')),
    deployment.start('ingest', withClockOff(-TWO_HOURS_MS), { untilReady: false }),
    deployment.start('ingest', withClockOff(TWO_HOURS_MS), { untilReady: false }),
    deployment.start('detector'),
    deployment.start('refresher'),
  ])
  const statusOf = (url: string, at: number) =>
    postEvent(url, nativeEvent(), TEST_SECRET, at).then(
      ({ status }) => status,
      () => undefined,
    )
  for (const { url } of [behind, ahead]) {
    await untilTrue(async () => (await statusOf(url, Date.now())) === 503)
  }
  jumping.kill('SIGUSR2')
  await untilTrue(async () => !(await isReady(jumping.adminUrl)))

  for (const { url, adminUrl } of [jumping, behind, ahead]) {
    expect(await isReady(adminUrl)).toBe(false)
    for (const at of [-TWO_HOURS_MS, 0, TWO_HOURS_MS]) expect(await statusOf(url, Date.now() + at)).toBe(503)
  }
  expect(await deployment.count(TOPICS.personChanges)).toBe(0)

  expect(await isReady(right.adminUrl)).toBe(true)
  await post(nativeEvent())
  await settle()
})
