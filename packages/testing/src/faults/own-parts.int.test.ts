import { randomUUID } from 'node:crypto'
import { createKafka } from '@buyer-group/shared/kafka/create-kafka.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { MongoClient } from 'mongodb'
import { expect, onTestFinished, test } from 'vitest'
import { failCommand } from './fail-command.ts'
import { startKafkaBroker } from './kafka-cluster.ts'
import { startReplicaSet } from './replica-set.ts'

test('a broker behind a proxy is reached by the proxy alone, and keeps its messages through a kill', async () => {
  const broker = await startKafkaBroker(onTestFinished, { proxied: ['detector'] })
  const proxy = broker.proxies.detector
  const logger = createLogger('test', 'fatal')
  const kafka = createKafka({ brokers: [`127.0.0.1:${proxy.port}`], clientId: 'test', logger })
  const admin = kafka.admin()
  await admin.connect()
  onTestFinished(() => admin.disconnect())
  expect((await admin.describeCluster()).brokers.map(({ port }) => port)).toEqual([proxy.port])

  const topic = randomUUID()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  const producer = kafka.producer()
  await producer.connect()
  onTestFinished(() => producer.disconnect())
  await producer.send({ topic, acks: -1, messages: [{ value: 'kept' }] })
  await broker.kill()
  expect(broker.isRunning()).toBe(false)
  await broker.start()
  expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ high: '1' }])
})

test('a primary that steps down is followed by another, and a member that was killed comes back', async () => {
  const set = await startReplicaSet(onTestFinished, 3)
  const client = await new MongoClient(set.uri, { writeConcern: { w: 'majority' } }).connect()
  onTestFinished(() => client.close())
  const things = client.db('test').collection('things')
  await things.insertOne({ name: 'first' })

  const before = await set.primary()
  await before.command({ replSetStepDown: 30, secondaryCatchUpPeriodSecs: 10 }).catch(() => {})
  await expect.poll(async () => (await set.primary()).host, { timeout: 30_000 }).not.toBe(before.host)
  await things.insertOne({ name: 'second' })

  const killed = await set.primary()
  await killed.kill()
  await things.insertOne({ name: 'third' })
  await killed.start()
  expect(await things.countDocuments()).toBe(3)
})

test('commands of one client fail as told, and others do not', async () => {
  const set = await startReplicaSet(onTestFinished, 1)
  const open = async (appName: string) => {
    const client = await new MongoClient(set.uri, { appName, retryWrites: false }).connect()
    onTestFinished(() => client.close())
    return client.db('test').collection('things')
  }
  const [victim, other] = [await open('victim'), await open('other')]
  const failures = await failCommand(await set.primary(), 1, {
    failCommands: ['insert'],
    appName: 'victim',
    errorCode: 10_107,
  })
  await other.insertOne({})
  await expect(victim.insertOne({})).rejects.toMatchObject({ code: 10_107 })
  await failures.done()
  await victim.insertOne({})
})
