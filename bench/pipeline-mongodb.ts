import { randomUUID } from 'node:crypto'
import { runWorkflow } from '@buyer-group/pipeline/run/run-workflow.ts'
import { createMongoRunStore } from '@buyer-group/pipeline-mongodb/create-mongo-run-store.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { collectionsOf } from '@buyer-group/shared/mongo/collections.ts'
import { connectMongo } from '@buyer-group/shared/mongo/connect-mongo.ts'
import { migrate } from '@buyer-group/shared/mongo/migrations/migrate.ts'
import type { AnyBulkWriteOperation, Collection, Document, MongoClient } from 'mongodb'
import { median } from './median.ts'
import type { BenchShape } from './pipeline-workflows.ts'

/** Runs side by side; they share round trips, so that more of them need not more. */
const SIDE_BY_SIDE = 256

/** Documents in one bare bulk write; more make it no faster. */
const BATCH = 1_000

export interface MongodbFigures {
  readonly storedNodesPerSecond: number
  readonly bareNodesPerSecond: number
  readonly ratioToBareBulkWrites: number
}

/**
 * Runs of a workflow whose nodes are all stored in MongoDB, beside bulk writes that insert the very documents which these
 * runs left, a run's record and one for each node, into an empty database with the same indexes and validators. The engine
 * writes each document twice (begun and ended, claimed and completed), each time durably before it goes on.
 */
export async function measureMongodb(
  uri: string,
  shape: BenchShape,
  runs: number,
  rounds: number,
): Promise<MongodbFigures> {
  const { client } = await connectMongo({ uri, database: 'admin', appName: 'bench' })
  const measured: { stored: number; bare: number }[] = []
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const pair = await measureRound(client, shape, runs)
      if (round > 0) measured.push(pair)
    }
  } finally {
    await client.close()
  }
  const stored = median(measured.map((pair) => pair.stored))
  const bare = median(measured.map((pair) => pair.bare))
  const ratio = median(measured.map((pair) => pair.stored / pair.bare))
  console.log(`${shape.name} on MongoDB, ${runs} runs a round, ${SIDE_BY_SIDE} side by side`)
  console.log(`  bare bulk writes of the same documents  ${Math.round(bare).toLocaleString('en-GB')} nodes/s`)
  console.log(`  stored                                  ${Math.round(stored).toLocaleString('en-GB')} nodes/s`)
  console.log(`  ratio                                   ${ratio.toFixed(2)}`)
  return {
    storedNodesPerSecond: Math.round(stored),
    bareNodesPerSecond: Math.round(bare),
    ratioToBareBulkWrites: Number(ratio.toFixed(3)),
  }
}

async function measureRound(client: MongoClient, shape: BenchShape, runs: number) {
  const database = () => client.db(`bench_pipeline_${randomUUID().slice(0, 8)}`)
  const [db, bareDb] = [database(), database()]
  try {
    for (const each of [db, bareDb]) await migrate(each, createLogger('bench', 'error'))
    const store = createMongoRunStore(db)
    const workflow = shape.workflow()
    let next = 0
    const worker = async () => {
      while (next < runs) {
        const key = `run-${next}`
        next += 1
        await runWorkflow(workflow, 0, { key, store })
      }
    }
    const seconds = await timed(() => Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker)))

    const { pipelineOperations, pipelineStepResults } = collectionsOf(db)
    const { pipelineOperations: bareOperations, pipelineStepResults: bareResults } = collectionsOf(bareDb)
    const operations = await pipelineOperations.find().toArray()
    const results = await pipelineStepResults.find().toArray()
    const bareSeconds = await timed(async () => {
      await insertAll(bareOperations as unknown as Collection<Document>, operations)
      await insertAll(bareResults as unknown as Collection<Document>, results)
    })
    const nodes = runs * shape.nodes
    return { stored: nodes / seconds, bare: nodes / bareSeconds }
  } finally {
    for (const each of [db, bareDb]) await each.dropDatabase()
  }
}

async function insertAll(collection: Collection<Document>, documents: readonly Document[]): Promise<void> {
  const writes = documents.map((document): AnyBulkWriteOperation<Document> => ({ insertOne: { document } }))
  for (let at = 0; at < writes.length; at += BATCH) {
    await collection.bulkWrite(writes.slice(at, at + BATCH), {
      ordered: false,
      writeConcern: { w: 'majority', j: true },
    })
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (performance.now() - startedAt) / 1_000
}
