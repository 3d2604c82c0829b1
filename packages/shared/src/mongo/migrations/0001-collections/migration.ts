import { ensureCollection } from '../ensure-collection.ts'
import type { Migration } from '../migration.ts'
import { buyerGroups } from './buyer-groups.ts'
import { people } from './people.ts'
import { pipelineOperations } from './pipeline-operations.ts'
import { positions } from './positions.ts'
import { refreshLogs } from './refresh-logs.ts'
import { refreshWindows } from './refresh-windows.ts'
import { webhookEvents } from './webhook-events.ts'

/** The collections of the contract with their indexes and validators (system.md, "MongoDB"). */
export const collectionsMigration: Migration = {
  name: '0001-collections',
  async up({ db }) {
    for (const spec of [
      webhookEvents,
      refreshLogs,
      pipelineOperations,
      refreshWindows,
      people,
      positions,
      buyerGroups,
    ]) {
      await ensureCollection(db, spec)
    }
  },
}
