import { runWorkflow } from '@buyer-group/pipeline/run/run-workflow.ts'
import type { Decoded, MessageHandler } from '@buyer-group/shared/kafka/consumer-types.ts'
import { describeError } from '@buyer-group/shared/logging/describe-error.ts'
import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import { traceparentOf } from '@buyer-group/shared/messages/traceparent.ts'
import { deadLetter, done, skip, type Verdict } from '@buyer-group/shared/outcomes/verdict.ts'
import { buyerGroupDiscovery } from './buyer-group-discovery.ts'
import { orNobody } from './people-sources/or-nobody.ts'
import { publishAgain } from './publishing/publish-again.ts'
import { settleFailure } from './publishing/settle-failure.ts'
import { refreshIdOf } from './refresh-id.ts'
import type { Refresher, RefreshRun } from './refresher.ts'
import { findCommandProblem } from './rules/find-command-problem.ts'
import type { RefreshOutcome } from './rules/refresh-outcome.ts'

/**
 * Handles one refresh command: decode -> run `buyer-group-discovery` -> verdict. May be repeated at any point. A run that
 * is cut off goes on with the next delivery; one that has ended publishes what it stored again, if that still stands.
 * Work whose partition was revoked stops before it saves or publishes.
 */
export function createRefreshHandler(refresher: Refresher): MessageHandler<RefreshCommand> {
  const { runs: store, clock, random, metrics, logger } = refresher

  const handle = async (decoded: Decoded<RefreshCommand>, signal: AbortSignal): Promise<Verdict> => {
    const { message, value: command, isLastAttempt } = decoded
    const problem = findCommandProblem(command, message.key?.toString())
    if (problem !== undefined) return refuse(problem)
    const peopleSource = isLastAttempt ? withoutSource(command) : refresher.peopleSource
    const context: RefreshRun = { ...refresher, peopleSource, traceparent: traceparentOf(message) }
    try {
      const key = refreshIdOf(command.commandId)
      const run = await runWorkflow(buyerGroupDiscovery, command, { key, context, store, clock, random, signal })
      if (run.status === 'superseded') return toVerdict('superseded')
      if (run.endedHere) return toVerdict(run.output.outcome)
      await publishAgain(context, command, signal)
      return toVerdict('republished')
    } catch (error) {
      return settleFailure(context, command, error, { isLastAttempt, signal })
    }
  }

  /** A group of what events and imports say is more use than none, and what waits would wait for the next window. */
  const withoutSource = ({ commandId, companyId }: RefreshCommand) =>
    refresher.peopleSource === null
      ? null
      : orNobody(refresher.peopleSource, (_company, error) => {
          metrics.withoutSource.inc({ code: error.code })
          logger.error(
            { commandId, companyId, ...describeError(error) },
            'the people source failed for good, the group is made of the local directory alone',
          )
        })

  const toVerdict = (outcome: RefreshOutcome['outcome']): Verdict => {
    metrics.refreshes.inc({ outcome })
    return outcome === 'superseded' ? skip('superseded') : done
  }

  /** Nothing in an impossible command can be trusted, so that nothing is recorded or published for it. */
  const refuse = (problem: string): Verdict => {
    metrics.refreshes.inc({ outcome: 'failed' })
    return deadLetter('invalid_command', `the refresh command cannot be run: ${problem}`, 'validateCompanyInput')
  }

  return async (decoded, signal) => {
    const stopTimer = metrics.duration.startTimer()
    metrics.running.inc()
    try {
      return await handle(decoded, signal)
    } finally {
      metrics.running.dec()
      stopTimer()
    }
  }
}
