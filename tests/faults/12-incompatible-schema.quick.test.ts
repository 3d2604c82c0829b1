import { personChange } from '@buyer-group/detector/test-kit/messages.ts'
import { createRegistry } from '@buyer-group/shared/avro/create-registry.ts'
import { openEncoder } from '@buyer-group/shared/avro/encoder.ts'
import { registerSchema } from '@buyer-group/shared/avro/register-schema.ts'
import { readSchema } from '@buyer-group/shared/avro/schemas.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { nativeEvent } from '@buyer-group/testing/events/native-event.ts'
import { createScenario } from '@buyer-group/testing/scenarios/scenario.ts'
import { expect, onTestFinished, test } from 'vitest'

interface AvroRecord {
  readonly fields: readonly { readonly name: string; readonly type: unknown; readonly default?: unknown }[]
}

const ours: AvroRecord = JSON.parse(readSchema('person-change'))

const withFields = (fields: AvroRecord['fields']) => JSON.stringify({ ...ours, fields })

const INCOMPATIBLE: Readonly<Record<string, string>> = {
  'a new field without a default': withFields([...ours.fields, { name: 'region', type: 'string' }]),
  'a field gone that had no default': withFields(ours.fields.slice(0, -1)),
  'a field of another type': withFields(
    ours.fields.map((field) => (field.name === 'companyName' ? { ...field, type: 'long' } : field)),
  ),
}

test('an incompatible schema is refused when it is offered; a compatible one is taken, and what is written with it is read', async () => {
  const event = nativeEvent()
  const scenario = await createScenario(onTestFinished, {
    title: 'row 12, schemas',
    load: { real: 50, moves: 5, duplicates: 0.2 },
  })
  const { deployment } = scenario
  await Promise.all([deployment.start('ingest'), deployment.start('detector'), deployment.start('refresher')])
  const registry = createRegistry(deployment.schemaRegistryUrl)
  const topic = topicNames(deployment.topicPrefix).name(TOPICS.personChanges)
  const offer = (schema: string) => registerSchema(registry, topic, schema)

  for (const [what, schema] of Object.entries(INCOMPATIBLE)) {
    await expect(offer(schema), what).rejects.toMatchObject({ code: 'incompatible_schema', fate: 'permanent' })
  }

  const encode = await openEncoder(registry, topic, 'person-change')
  const newId = await offer(withFields([...ours.fields, { name: 'region', type: ['null', 'string'], default: null }]))
  // The new field comes last, and a null of a union that begins with null is one zero byte.
  const value = Buffer.concat([encode(personChange(event, { receivedAt: Date.now() })), Buffer.of(0)])
  expect(value.readUInt32BE(1)).not.toBe(newId)
  value.writeUInt32BE(newId, 1)
  const headers = { ce_id: `${event.source}:${event.id}` }
  await deployment.produce(TOPICS.personChanges, [{ key: event.company.id, value, headers }])
  scenario.provide()
  await scenario.settle({ more: [event] })
})
