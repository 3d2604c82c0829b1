import { nodeClaim, runOf } from '@buyer-group/pipeline/test-kit/run-store/world.ts'
import { MongoClient } from 'mongodb'
import { createMongoRunStore } from '../create-mongo-run-store.ts'

/**
 * A process that begins the run `order`, finishes its node `first`, claims `second` for `HOLD_MS`, says so and then does
 * nothing more, until it is killed.
 */
const { MONGODB_URI = '', DATABASE, HOLD_MS } = process.env
const client = await new MongoClient(MONGODB_URI).connect()
const store = createMongoRunStore(client.db(DATABASE))
const claimOf = (node: string) => nodeClaim({ node, token: 'killed', holdMs: Number(HOLD_MS) })

await store.begin(runOf('order'))
await store.claim(claimOf('first'))
await store.complete(claimOf('first'), '"paid for"')
await store.claim(claimOf('second'))
console.log('claimed')
