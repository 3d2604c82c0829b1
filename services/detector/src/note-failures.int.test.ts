import { randomUUID } from 'node:crypto'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import { expect, test } from 'vitest'
import { createBatchHandler } from './handle-batch.ts'
import { noteFailures } from './note-failures.ts'
import { dyingAt } from './test-kit/failing-detector.ts'
import { changeAt, idOf, never } from './test-kit/messages.ts'
import { eventOf, testDetector, useTestDatabase } from './test-kit/test-detector.ts'

const database = useTestDatabase()
const logger = createLogger('test', 'silent')
const setUp = () => {
  const detector = testDetector(database.collections)
  const dying = createBatchHandler(dyingAt(detector, 'windows.claimOrMark', 'before'))
  return { detector, failing: noteFailures(dying, detector.stores.events, logger) }
}
const event = () => changeAt(`acme-${randomUUID()}`)

test('an event that fails alone says why it stands undecided, until it is decided', async () => {
  const { detector, failing } = setUp()
  const only = event()
  await expect(failing([only], never)).rejects.toThrow('died')
  const error = { code: 'unexpected_error', message: 'an unexpected failure; see the log' }
  expect(await eventOf(database.collections, idOf(only))).toMatchObject({ processed: false, error })
  await createBatchHandler(detector)([only], never)
  expect(await eventOf(database.collections, idOf(only))).not.toHaveProperty('error')
})

test('nothing is noted while it is not known which event is at fault, or while a part is away', async () => {
  const { detector, failing } = setUp()
  const two = [event(), event()]
  await expect(failing(two, never)).rejects.toThrow('died')
  const away = async () => {
    throw new AppError('Kafka is away', { code: 'kafka_unavailable', fate: 'unavailable' })
  }
  await expect(noteFailures(away, detector.stores.events, logger)(two.slice(0, 1), never)).rejects.toThrow('away')
  for (const one of two) expect(await eventOf(database.collections, idOf(one))).not.toHaveProperty('error')
})
