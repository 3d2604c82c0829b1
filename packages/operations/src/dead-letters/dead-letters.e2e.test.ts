import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { postEvent } from '@buyer-group/testing/events/signed-request.ts'
import { createDeployment, TEST_SECRET } from '@buyer-group/testing/processes/deployment.ts'
import { untilEqual } from '@buyer-group/testing/scenarios/until.ts'
import { expect, onTestFinished, test } from 'vitest'
import { runDlq } from './test-kit/start-dlq.ts'

const DLQ = `${TOPICS.personChanges}.detector.dlq`
const PATIENCE_MS = 60_000

test("the detector's dead letters are listed, planned and replayed: one is cured, one comes back with its history", async () => {
  const deployment = await createDeployment(onTestFinished)
  const { collections, topicPrefix } = deployment
  const deadLettered = (count: number) => untilEqual(() => deployment.count(DLQ), count, PATIENCE_MS)
  await Promise.all([deployment.start('ingest'), deployment.start('detector')])

  const event = nativeEvent({ company: { id: 'acme', name: 'Acme' } })
  expect((await postEvent(deployment.ingestUrl, event, TEST_SECRET)).status).toBe(202)
  const decided = { idempotencyKey: `${event.source}:${event.id}`, processed: true }
  await untilEqual(() => collections.webhookEvents.countDocuments(decided), 1, PATIENCE_MS)

  // The same id with another body, and bytes that are no message at all.
  const [original] = await deployment.read(TOPICS.personChanges)
  if (original === undefined) throw new Error('the event is not in its topic')
  const registry = createRegistry(deployment.schemaRegistryUrl)
  const encode = await openEncoder(registry, topicPrefix + TOPICS.personChanges, 'person-change')
  const conflicting = encode({ ...original.value, bodySha256: 'b'.repeat(64) })
  await deployment.produce(TOPICS.personChanges, [
    { key: 'acme', value: conflicting },
    { key: 'beta', value: Buffer.from('garbage') },
  ])
  await deadLettered(2)

  const listed = await runDlq(deployment, 'list')
  expect(listed.letters).toHaveLength(2)
  expect(listed.letters).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ company: 'acme', code: 'event_id_conflict', value: 'decoded', attempts: 1 }),
      expect.objectContaining({ company: 'beta', code: 'undecodable_message', value: 'unreadable', replayedBy: null }),
    ]),
  )

  // The first record was the wrong one: without it the other is an event like any.
  await collections.webhookEvents.deleteOne(decided)
  const cure = await runDlq(deployment, 'plan', '--reason', 'event_id_conflict')
  expect(cure.plan).toMatchObject({ replayable: 1, topCompanies: [{ name: 'acme', count: 1 }] })
  expect(await runDlq(deployment, 'replay', cure.replayId)).toMatchObject({ kind: 'completed', replayed: 1 })
  const cured = { ...decided, bodySha256: 'b'.repeat(64) }
  await untilEqual(() => collections.webhookEvents.countDocuments(cured), 1, PATIENCE_MS)

  const rest = await runDlq(deployment, 'plan')
  expect(rest.plan).toMatchObject({ replayable: 1, refused: [{ name: 'already_replayed', count: 1 }] })
  await runDlq(deployment, 'replay', rest.replayId)
  await deadLettered(3)
  const [letter] = (await runDlq(deployment, 'list', '--company', 'beta', '--limit', '1')).letters
  expect(letter).toMatchObject({
    code: 'undecodable_message',
    replayedBy: null,
    history: [{ code: 'undecodable_message', topic: topicPrefix + DLQ, partition: 0 }],
  })
  const place = `${letter.location.topic}/${letter.location.partition}/${letter.location.offset}`
  const shown = await runDlq(deployment, 'show', place, '--payload')
  expect(shown).toMatchObject({ value: { kind: 'unreadable' }, headers: { 'replay-id': rest.replayId } })
})
