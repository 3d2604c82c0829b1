import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createKafka } from '../kafka/create-kafka.ts'
import { createLogger } from '../logging/create-logger.ts'
import { connectMongo } from '../mongo/connect-mongo.ts'
import { MIGRATIONS } from '../mongo/migrations/migrate.ts'

/** Runs the program as npm does: Node loads CommonJS packages in its own way, which a test runner hides. */
function runProgram(file: string, env: Record<string, string>) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { ...process.env, ...env } }
    execFile(process.execPath, [join(import.meta.dirname, file)], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

test('the programs work as processes: the set-up prepares a deployment and the check agrees', async ({
  onTestFinished,
}) => {
  const id = `test-${randomUUID()}`
  const env = { MONGODB_DATABASE: id, TOPIC_PREFIX: `${id}.`, TOPIC_PARTITIONS: '1' }
  onTestFinished(async () => {
    const { client, db } = await connectMongo({ uri: process.env.MONGODB_URI ?? '', database: id, appName: 'test' })
    await db.dropDatabase()
    await client.close()
    const brokers = (process.env.KAFKA_BROKERS ?? '').split(',')
    const admin = createKafka({ brokers, clientId: 'test', logger: createLogger('test', 'fatal') }).admin()
    await admin.connect()
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(id))
    if (topics.length > 0) await admin.deleteTopics({ topics })
    await admin.disconnect()
  })

  const setup = await runProgram('main.ts', env)
  expect(setup).toMatchObject({ code: 0 })
  expect(JSON.parse(setup.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    migrations: MIGRATIONS.map(({ name }) => name),
  })
  const check = await runProgram('check-schemas-main.ts', env)
  expect(check).toMatchObject({ code: 0 })
  expect(check.stdout).toContain('buyer-group.current.v1: compatible')
})

test.each([
  ['a missing variable', { KAFKA_BROKERS: '' }, 78, /^setup: KAFKA_BROKERS is required/],
  ['a bad value', { TOPIC_PARTITIONS: 'many' }, 78, /^setup: TOPIC_PARTITIONS is not valid/],
  ['a database that is away', { MONGODB_URI: 'mongodb://127.0.0.1:1' }, 69, /^setup: MongoDB does not answer/],
])('%s is one sentence and an exit code of its own', async (_what, env, code, sentence) => {
  const setup = await runProgram('main.ts', env)
  expect(setup).toMatchObject({ code, stderr: expect.stringMatching(sentence) })
  expect(setup.stderr.trim().split('\n')).toHaveLength(1)
})
