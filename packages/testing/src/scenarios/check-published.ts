import type { RefreshResult } from '@buyer-group/shared/messages/messages.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import { expect } from 'vitest'
import type { Deployment } from '../processes/deployment.ts'

/**
 * What subscribers were told, as they keep it: by `ce_id`, a repeat dropped. Asserts that every repeat said the same as
 * the first, and that the last current state of each company is the stored one (guarantees.md, I5).
 */
export async function checkPublished(deployment: Deployment): Promise<ReadonlyMap<string, RefreshResult>> {
  const results = new Map<string, RefreshResult>()
  for (const { headers, value } of await deployment.read(TOPICS.refreshResults)) {
    const id = headers.ce_id ?? ''
    const first = results.get(id)
    if (first === undefined) results.set(id, value)
    else expect(value, `the results with ce_id ${id} differ`).toEqual(first)
  }
  const last = new Map((await deployment.read(TOPICS.current)).map(({ key, value }) => [key, value.refreshId]))
  const stored = await deployment.collections.buyerGroups.find().toArray()
  expect(Object.fromEntries([...last].sort())).toEqual(
    Object.fromEntries(stored.map(({ companyId, refreshId }) => [companyId, refreshId]).sort()),
  )
  return results
}
