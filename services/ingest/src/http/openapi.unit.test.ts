import { expect, test } from 'vitest'
import { jsonSchemaOfNativeEvent, openapiDocument } from './openapi.ts'

test('the OpenAPI document is 3.1 and names every call with its errors', () => {
  const document = openapiDocument()
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths ?? {})).toEqual([
    '/api/webhooks/person-change',
    '/api/webhooks/{source}',
    '/api/refreshes',
    '/api/refreshes/{id}',
    '/api/events/{id}',
    '/api/companies/{id}/buyer-group',
    '/schemas/native-event.json',
  ])
  const post = document.paths?.['/api/webhooks/person-change']?.post
  expect(Object.keys(post?.responses ?? {})).toEqual(['200', '202', '400', '401', '409', '413', '415', '429', '503'])
  expect(JSON.stringify(post?.responses?.['401'])).toContain('stale_timestamp')
  expect(document.components?.schemas?.NativeEvent).toMatchObject({ type: 'object' })
})

test('the JSON Schema of an event requires what the check requires and keeps extra fields', () => {
  const schema = jsonSchemaOfNativeEvent()
  expect(schema).toMatchObject({
    required: ['id', 'source', 'type', 'timestamp', 'person', 'company', 'changes'],
    additionalProperties: {},
  })
})
