import { once } from 'node:events'
import { connect } from 'node:net'
import { MongoClient } from 'mongodb'
import { expect, it } from 'vitest'

it('gives tests a registry that answers, a replica set that commits transactions and a broker that listens', async () => {
  const { KAFKA_BROKERS = '', MONGODB_URI = '', SCHEMA_REGISTRY_URL = '' } = process.env

  const subjects = await fetch(`${SCHEMA_REGISTRY_URL}/subjects`)
  expect(await subjects.json()).toBeInstanceOf(Array)

  const client = await MongoClient.connect(MONGODB_URI)
  try {
    const found = await client.withSession((session) =>
      session.withTransaction(async () => {
        const probes = client.db('test_stack').collection('probes')
        await probes.insertOne({ probe: 1 }, { session })
        return probes.findOne({ probe: 1 }, { session })
      }),
    )
    expect(found).toMatchObject({ probe: 1 })
  } finally {
    await client.db('test_stack').dropDatabase()
    await client.close()
  }

  const [host, port] = KAFKA_BROKERS.split(':')
  const socket = connect({ host: host ?? '', port: Number(port) })
  await once(socket, 'connect')
  socket.destroy()
})
