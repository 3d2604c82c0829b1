import type { Collections } from '@buyer-group/shared/mongo/collections.ts'
import { createMongoEventStore } from './mongo-event-store.ts'
import { createMongoGroupStore } from './mongo-group-store.ts'
import { createMongoLogStore } from './mongo-log-store.ts'
import { createMongoPeopleStore } from './mongo-people-store.ts'
import { createMongoPositionStore } from './mongo-position-store.ts'
import { createMongoWindowStore } from './mongo-window-store.ts'
import type { RefresherStores } from './stores.ts'

/**
 * The refresher's stores over MongoDB. Refreshes that run side by side share their round trips: what they ask for while
 * one is under way travels together in the next.
 */
export function createMongoStores(collections: Collections): RefresherStores {
  return {
    groups: createMongoGroupStore(collections.buyerGroups),
    events: createMongoEventStore(collections.webhookEvents),
    people: createMongoPeopleStore(collections.people),
    positions: createMongoPositionStore(collections.positions),
    logs: createMongoLogStore(collections.refreshLogs),
    windows: createMongoWindowStore(collections.refreshWindows),
  }
}
