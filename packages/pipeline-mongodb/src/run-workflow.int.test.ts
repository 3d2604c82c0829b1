import { runWorkflow } from '@buyer-group/pipeline/run/run-workflow.ts'
import { dyingStore } from '@buyer-group/pipeline/test-kit/dying-store.ts'
import { gate, stepOf } from '@buyer-group/pipeline/test-kit/steps-for-tests.ts'
import { defineWorkflow } from '@buyer-group/pipeline/workflow/define-workflow.ts'
import { node, workflowInput } from '@buyer-group/pipeline/workflow/node.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createMongoRunStore } from './create-mongo-run-store.ts'
import { openMigratedDatabase, passTime } from './test-kit/migrated-database.ts'

let database: Awaited<ReturnType<typeof openMigratedDatabase>>

beforeAll(async () => {
  database = await openMigratedDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.empty())

const HOUR_MS = 60 * 60 * 1_000
const order = workflowInput(z.object({ sku: z.string() }))

/** A workflow whose one step costs money, and the idempotency keys with which its provider was called. */
function paidWorkflow() {
  const paid: string[] = []
  const askForPrice = stepOf('askForPrice', async (sku: string, _context, { idempotencyKey }) => {
    paid.push(idempotencyKey)
    return { sku, price: 3 }
  })
  const price = node({ step: askForPrice, after: { order }, input: ({ order }) => order.sku })
  return {
    paid,
    workflow: defineWorkflow({ name: 'price-order', version: '1', input: order, steps: [price], output: price }),
  }
}

describe('a workflow over MongoDB', () => {
  test.each([
    { call: 'begin', n: 1, takesEffect: false, calls: 1 },
    { call: 'begin', n: 1, takesEffect: true, calls: 1 },
    { call: 'claim', n: 2, takesEffect: false, calls: 1 },
    { call: 'claim', n: 2, takesEffect: true, calls: 1 },
    // Only here nobody can know of the provider's answer: it is asked again, with the key that it knows.
    { call: 'complete', n: 3, takesEffect: false, calls: 2 },
    { call: 'complete', n: 3, takesEffect: true, calls: 1 },
    { call: 'end', n: 4, takesEffect: false, calls: 1 },
    { call: 'end', n: 4, takesEffect: true, calls: 1 },
  ])('whose process dies at $call ($takesEffect) is resumed: provider called $calls times', async (death) => {
    const { paid, workflow } = paidWorkflow()
    const dying = dyingStore(createMongoRunStore(database.db), death.n, death.takesEffect)
    await expect(runWorkflow(workflow, { sku: 'a' }, { key: 'order', store: dying })).rejects.toThrow()
    expect(dying.calls[death.n - 1]).toBe(death.call)
    await passTime(database.db, HOUR_MS)

    const store = createMongoRunStore(database.otherDb)
    const { output } = await runWorkflow(workflow, { sku: 'a' }, { key: 'order', store })
    expect(output).toEqual({ sku: 'a', price: 3 })
    expect(paid).toHaveLength(death.calls)
    expect(new Set(paid).size).toBe(1)
    expect(await store.read('order')).toMatchObject({ status: 'completed', output: '{"sku":"a","price":3}' })
  })

  test('whose run is restarted by a newer version leaves it to that one, which pays once', async () => {
    const paid: string[] = []
    const versionOf = (version: string, from: readonly string[], load: () => unknown) => {
      const loadStock = node({ step: stepOf('loadStock', load), after: { order }, input: ({ order }) => order.sku })
      const askForPrice = stepOf('askForPrice', () => {
        paid.push(version)
        return version
      })
      const price = node({ step: askForPrice, after: { loadStock }, input: () => 'sku' })
      const definition = { name: 'price-order', version, input: order, steps: [loadStock, price], output: price }
      return defineWorkflow({ ...definition, onVersionChange: { kind: 'restart', from } })
    }
    const [asked, answer] = [gate(), gate<string>()]
    const slowly = () => {
      asked.resolve()
      return answer.promise
    }
    const [store, newer] = [createMongoRunStore(database.db), createMongoRunStore(database.otherDb)]
    const old = runWorkflow(versionOf('1', [], slowly), { sku: 'a' }, { key: 'order', store })
    const refused = expect(old).rejects.toMatchObject({ code: 'run_version_contended', fate: 'retryable' })
    await asked.promise
    const next = versionOf('2', ['1'], async () => {
      // The old worker's answer comes while the newer one is in the middle of its own.
      answer.resolve('in stock')
      await refused
      return 'in stock'
    })
    const { output } = await runWorkflow(next, { sku: 'a' }, { key: 'order', store: newer })
    expect([output, paid]).toEqual(['2', ['2']])
    expect(await store.read('order')).toMatchObject({ version: '2', status: 'completed', output: '"2"' })
  })

  test('that two processes run at once calls its provider once a run and gives both the same result', async () => {
    const { paid, workflow } = paidWorkflow()
    const stores = [createMongoRunStore(database.db), createMongoRunStore(database.otherDb)]
    const keys = Array.from({ length: 40 }, (_, i) => `order-${i}`)
    const results = await Promise.all(
      keys.map((sku) => Promise.all(stores.map((store) => runWorkflow(workflow, { sku }, { key: sku, store })))),
    )
    for (const [index, both] of results.entries()) {
      expect(both.map(({ output }) => output)).toEqual(Array(2).fill({ sku: keys[index], price: 3 }))
    }
    expect(paid).toHaveLength(keys.length)
    expect(new Set(paid).size).toBe(keys.length)
  })
})
