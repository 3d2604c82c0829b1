import { createLogger } from '@buyer-group/shared/logging/create-logger.ts'
import {
  LINKEDIN_SECRET,
  SECRET,
  startTestIngest,
  type TestIngestOptions,
  TOKEN,
} from '../test-kit/start-test-ingest.ts'
import type { BadRequest } from './bad-request.ts'
import { type Exchange, exchange } from './exchange.ts'
import { post } from './raw-request.ts'

/** An ingest whose every trace can be seen: log lines of all levels, metrics, messages, documents, connections. */
export type WatchedIngest = Awaited<ReturnType<typeof startWatchedIngest>>

/** Starts the real server over a real MongoDB with a fake Kafka. `onEnd` releases all. */
export async function startWatchedIngest(
  onEnd: (release: () => Promise<void>) => void,
  options: Pick<TestIngestOptions, 'connectionLimits'> = {},
) {
  const logLines: string[] = []
  const logger = createLogger('test', 'trace', { write: (line) => logLines.push(line) })
  const ingest = await startTestIngest(onEnd, { ...options, logger })
  const canaries = uniqueTexts()

  return {
    ...ingest,
    logLines,
    /** Sends a bad request and reads its answers, with the canary that was in it. */
    async send(request: BadRequest, pauseMs?: number): Promise<Exchange & { canary: string }> {
      const canary = canaries.next().value
      const pieces = [request.request(canary)].flat()
      const { answers, ending = 'waits' } = request
      const { port } = ingest.server
      const sent = await exchange({
        port,
        pieces,
        ending,
        expectedAnswers: answers.length,
        ...(pauseMs === undefined ? {} : { pauseMs }),
      })
      return { ...sent, canary }
    },

    /** Posts a good event on a connection of its own and returns the answer's status. */
    async postGood(): Promise<number | undefined> {
      const pieces = [post({ canary: 'somebody' })]
      return (await exchange({ port: ingest.server.port, pieces, expectedAnswers: 1 })).answers[0]?.status
    },

    async storedDocuments(): Promise<number> {
      const counts = await Promise.all(Object.values(ingest.collections).map((one) => one.countDocuments()))
      return counts.reduce((sum, count) => sum + count, 0)
    },
  }
}

export const SECRETS = [SECRET, LINKEDIN_SECRET, TOKEN]

/** Each as long as the others, of letters and digits, and nothing that could be there by chance. */
function* uniqueTexts(): Generator<string, never> {
  for (let count = 1_000; ; count += 1) yield `canary7f3b${count}`
}
