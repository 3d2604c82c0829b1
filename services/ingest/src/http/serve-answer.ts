import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '@buyer-group/shared/logging/create-logger.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import type { Answer } from '../answer.ts'
import type { IngestMetrics } from '../metrics.ts'
import { problem } from '../problems.ts'
import { sendAnswer } from './send-answer.ts'

/** Makes a listener of a handler; `route` is what the metric calls it. */
export type ServeAnswer = <Request extends IncomingMessage>(
  route: string,
  handle: (request: Request) => Answer | Promise<Answer>,
) => (request: Request, response: ServerResponse) => Promise<void>

export interface ServeAnswerOptions {
  readonly metrics: Pick<IngestMetrics, 'observeRequest'>
  readonly logger: Logger
}

/**
 * Runs a handler, sends its answer and measures it, whether Express found the way to it or not. A failure that nobody
 * foresaw is 500 and one log line.
 */
export function createServeAnswer({ metrics, logger }: ServeAnswerOptions): ServeAnswer {
  return (route, handle) => async (request, response) => {
    const start = performance.now()
    let answer: Answer
    try {
      answer = await handle(request)
    } catch (error) {
      logger.error({ error: describeError(error) }, 'a request failed')
      answer = problem('internal_error', 'The request failed here; send it again later.')
    }
    sendAnswer(response, answer)
    metrics.observeRequest(route, answer.status, (performance.now() - start) / 1_000)
  }
}
