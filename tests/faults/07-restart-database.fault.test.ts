import { setTimeout as wait } from 'node:timers/promises'
import { type FailCommand, failCommand } from '@buyer-group/testing/faults/fail-command.ts'
import { printFigure, timeOf } from '@buyer-group/testing/faults/measure.ts'
import { startReplicaSet } from '@buyer-group/testing/faults/replica-set.ts'
import { expectSurvivors } from '@buyer-group/testing/faults/survivors.ts'
import { watchCount } from '@buyer-group/testing/faults/watch-count.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { untilTrue } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'

/** Longer than the driver looks for a primary (5 s), several times over. */
const OUTAGE_MS = 20_000

/** Events a second: with the load below, it outlasts the outages. */
const PER_SECOND = 40

async function setUp(title: string, size: 1 | 3, real = 1_200) {
  const set = await startReplicaSet(onTestFinished, size)
  const scenario = await createScenario(onTestFinished, {
    title,
    load: { real, moves: 60, duplicates: 0.2 },
    stack: { mongodbUri: set.uri },
  })
  const services = await Promise.all(
    (['ingest', 'detector', 'refresher'] as const).map((name) => scenario.deployment.start(name)),
  )
  const decided = () => scenario.deployment.collections.webhookEvents.countDocuments({ processed: true })
  return { set, scenario, services, decided }
}

test('a database that steps down, then is killed and comes back, leaves the end of an undisturbed run; intake goes on', async () => {
  const { set, scenario, services, decided } = await setUp('row 7, one node', 1)
  const provider = scenario.provide({ perSecond: PER_SECOND })
  await provider.untilAccepted(scenario.sent.length * 0.2)
  const primary = await set.primary()
  await primary.command({ replSetStepDown: 5, force: true })
  await set.primary()

  const intake = watchCount(onTestFinished, () => provider.accepted.size)
  await provider.untilAccepted(scenario.sent.length * 0.4)
  const acceptedAtKill = provider.accepted.size
  await primary.kill()
  const killedAt = performance.now()
  await wait(OUTAGE_MS)
  const acceptedMeanwhile = provider.accepted.size
  await primary.start()
  await set.primary()
  const before = await decided()
  const recoveryMs = await timeOf(() => untilTrue(async () => (await decided()) > before))
  printFigure('row 7, one node, killed', {
    'longest stall of the intake': intake.longestStallMs(killedAt),
    'deciding again after': recoveryMs,
  })

  await scenario.settle()
  await expectSurvivors(services)
  expect(provider.answers.get(503) ?? 0).toBe(0)
  expect(acceptedMeanwhile).toBeGreaterThan(acceptedAtKill + PER_SECOND)
})

test('a primary that steps down or is killed is followed by another, without loss and without a restart', async () => {
  const { set, scenario, services, decided } = await setUp('row 7, three members', 3)
  const provider = scenario.provide({ perSecond: PER_SECOND })
  await provider.untilAccepted(scenario.sent.length * 0.3)
  const first = await set.primary()
  await first.command({ replSetStepDown: 30, secondaryCatchUpPeriodSecs: 10 })
  const second = await set.primary()
  expect(second.host).not.toBe(first.host)

  await provider.untilAccepted(scenario.sent.length * 0.6)
  const before = await decided()
  await second.kill()
  const takeoverMs = await timeOf(() => untilTrue(async () => (await decided()) > before))
  printFigure('row 7, three members, primary killed', { 'deciding again after': takeoverMs })
  await second.start()

  await scenario.settle()
  await expectSurvivors(services)
})

const WRITES = ['insert', 'update', 'findAndModify', 'bulkWrite']

/** What a mongod in trouble answers (error codes of the server, mongodb/mongo `error_codes.yml`). */
const FAILURES: readonly { readonly title: string; readonly times: number; readonly data: FailCommand }[] = [
  { title: 'not the primary any more', times: 4, data: { failCommands: WRITES, errorCode: 10_107 } },
  { title: 'shutting down', times: 4, data: { failCommands: WRITES, errorCode: 91 } },
  { title: 'interrupted by a change of primary', times: 4, data: { failCommands: WRITES, errorCode: 11_602 } },
  { title: 'out of time', times: 2, data: { failCommands: [...WRITES, 'find', 'aggregate'], errorCode: 50 } },
  { title: 'a conflicting write', times: 2, data: { failCommands: WRITES, errorCode: 112 } },
  {
    title: 'the connection is closed',
    times: 6,
    data: { failCommands: [...WRITES, 'find', 'aggregate'], closeConnection: true },
  },
  { title: 'slow', times: 4, data: { failCommands: WRITES, blockConnection: true, blockTimeMS: 2_000 } },
  {
    title: 'written, but not known to be durable',
    times: 4,
    data: { failCommands: WRITES, writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } },
  },
]

test('no error of the database costs an event or its refresh: each is tried again', async () => {
  const { set, scenario, services } = await setUp('row 7, errors', 1, 400)
  const primary = await set.primary()
  const cases = FAILURES.flatMap((failure) => ['detector', 'refresher'].map((appName) => ({ ...failure, appName })))
  const perCase = Math.ceil(scenario.events.length / cases.length)
  for (const [index, { title, times, data, appName }] of cases.entries()) {
    const failures = await failCommand(primary, times, { ...data, appName })
    const events = scenario.events.slice(index * perCase, (index + 1) * perCase)
    for (const event of events) await scenario.post(event)
    await failures.done().catch((error: Error) => expect.fail(`${appName} did not meet "${title}": ${error.message}`))
  }
  await scenario.settle()
  await expectSurvivors(services)
})
