import { withClockOff } from '@buyer-group/testing/processes/fault-env.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { onTestFinished, test } from 'vitest'

const TWO_HOURS_MS = 2 * 60 * 60 * 1_000

test.each([
  ['detector', -TWO_HOURS_MS],
  ['detector', TWO_HOURS_MS],
  ['refresher', -TWO_HOURS_MS],
  ['refresher', TWO_HOURS_MS],
] as const)('a %s whose clock jumps by %i ms in the midst of its work goes on', async (name, offsetMs) => {
  const scenario = await createScenario(onTestFinished, { title: `row 10, ${name} jumps by ${offsetMs} ms` })
  const { deployment, sent } = scenario
  const half = Math.floor(sent.length / 2)
  const [jumping] = await Promise.all([
    deployment.start(name, withClockOff(offsetMs, 'SIGUSR2')),
    deployment.start('ingest'),
    deployment.start(name === 'detector' ? 'refresher' : 'detector'),
  ])
  const provider = scenario.provide({ events: sent.slice(0, half), concurrency: 4 })
  await provider.untilAccepted(Math.floor(half / 2))
  jumping.kill('SIGUSR2')
  await provider.done
  // A client that measures its heartbeats by the time of day sends none for two hours; then its session ends.
  await deployment.forgetMembers(name)
  scenario.provide({ events: sent.slice(half), concurrency: 4 })
  await scenario.settle({ clockToleranceMs: TWO_HOURS_MS + 60_000 })
})

test('detectors and refreshers whose clocks are two hours off keep windows apart and reach the same end', async () => {
  const scenario = await createScenario(onTestFinished, { title: 'row 10' })
  const { deployment } = scenario
  await Promise.all([
    deployment.start('ingest'),
    deployment.start('detector', withClockOff(-TWO_HOURS_MS)),
    deployment.start('detector', withClockOff(TWO_HOURS_MS)),
    deployment.start('refresher', withClockOff(-TWO_HOURS_MS)),
    deployment.start('refresher', withClockOff(TWO_HOURS_MS)),
  ])
  scenario.provide()
  await scenario.settle({ clockToleranceMs: 2 * TWO_HOURS_MS + 60_000 })
})
