import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { createMongoDirectoryStore } from './mongo-directory-store.ts'
import { createMongoEventStore } from './mongo-event-store.ts'
import { createMongoGroupStore } from './mongo-group-store.ts'
import { createMongoRefreshLogStore } from './mongo-refresh-log-store.ts'
import { createMongoWindowStore } from './mongo-window-store.ts'
import type { DetectorStores } from './stores.ts'

/** The detector's stores over MongoDB. */
export function createMongoStores(collections: Collections): DetectorStores {
  return {
    events: createMongoEventStore(collections.webhookEvents),
    windows: createMongoWindowStore(collections.refreshWindows),
    logs: createMongoRefreshLogStore(collections.refreshLogs),
    groups: createMongoGroupStore(collections.buyerGroups),
    directory: createMongoDirectoryStore(collections),
  }
}
