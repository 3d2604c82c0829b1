import { Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { type Checks, startAdminServer } from './admin-server.ts'

async function start(ready: Checks) {
  const server = await startAdminServer({ port: 0, registry: new Registry(), live: {}, ready })
  onTestFinished(() => server.close())
  return async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`)
    return { status: response.status, body: await response.text() }
  }
}

test('a service is ready while every check is, and says which is not', async () => {
  const get = await start({ kafka: () => ({ ok: true }), mongodb: () => ({ ok: false, reason: 'does not answer' }) })
  const { status, body } = await get('/readyz')
  expect(status).toBe(503)
  expect(JSON.parse(body)).toEqual({
    status: 'unavailable',
    checks: { kafka: { ok: true }, mongodb: { ok: false, reason: 'does not answer' } },
  })
  expect((await get('/livez')).status).toBe(200)
  expect((await get('/elsewhere')).status).toBe(404)
})

test('a check that hangs or throws has failed, and the probe is answered all the same', async () => {
  const get = await start({
    hangs: () => new Promise(() => {}),
    throws: () => {
      throw new TypeError('names Jane Doe')
    },
  })
  const { status, body } = await get('/readyz')
  expect(status).toBe(503)
  expect(JSON.parse(body).checks).toEqual({
    hangs: { ok: false, reason: 'no answer within a second' },
    throws: { ok: false, reason: 'TypeError' },
  })
})
