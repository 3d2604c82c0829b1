import type { OutgoingMessage } from '@buyer-group/shared/kafka/outgoing.ts'
import { ceHeaders } from '@buyer-group/shared/messages/ce-headers.ts'
import type { RefreshResult } from '@buyer-group/shared/messages/messages.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { Refresher } from '../refresher.ts'
import { toBuyerGroup, toCompletedResult } from '../rules/to-messages.ts'

/** CloudEvents attributes of what we publish (https://github.com/cloudevents/spec, "source" and "type"). */
export const REFRESHER_SOURCE = '/buyer-group/refresher'
export const RESULT_TYPE = 'buyer-group.refresh-result.v1'
export const CURRENT_TYPE = 'buyer-group.current.v1'

type Publishing = Pick<Refresher, 'publisher' | 'results' | 'current' | 'metrics'>

/** Publishes the result and the current state from the stored document, in one call. */
export async function publishGroup(
  refresher: Publishing,
  group: BuyerGroupDoc,
  traceparent: string | undefined,
): Promise<void> {
  const result = toResultMessage(refresher, toCompletedResult(group), traceparent)
  await refresher.publisher.publish([result, toCurrentMessage(refresher, group, traceparent)])
  refresher.metrics.resultsPublished.inc({ outcome: 'completed' })
}

/** Publishes the current state alone. */
export async function publishCurrent(
  refresher: Publishing,
  group: BuyerGroupDoc,
  traceparent: string | undefined,
): Promise<void> {
  await refresher.publisher.publish([toCurrentMessage(refresher, group, traceparent)])
}

/** Publishes the result of a refresh that failed. */
export async function publishFailure(
  refresher: Publishing,
  result: RefreshResult,
  traceparent: string | undefined,
): Promise<void> {
  await refresher.publisher.publish([toResultMessage(refresher, result, traceparent)])
  refresher.metrics.resultsPublished.inc({ outcome: 'failed' })
}

/** Subscribers drop repeats by `ce_id`: every delivery of one outcome has the same. */
function toResultMessage(
  { results }: Publishing,
  result: RefreshResult,
  traceparent: string | undefined,
): OutgoingMessage {
  const id = `${result.refreshId}:${result.outcome}`
  const attributes = { id, source: REFRESHER_SOURCE, type: RESULT_TYPE, time: result.completedAt, traceparent }
  return {
    topic: results.topic,
    key: result.companyId,
    value: results.encode(result),
    headers: ceHeaders(attributes),
  }
}

function toCurrentMessage(
  { current }: Publishing,
  group: BuyerGroupDoc,
  traceparent: string | undefined,
): OutgoingMessage {
  const id = `${group.refreshId}:current`
  const time = group.refreshedAt.getTime()
  return {
    topic: current.topic,
    key: group.companyId,
    value: current.encode(toBuyerGroup(group)),
    headers: ceHeaders({ id, source: REFRESHER_SOURCE, type: CURRENT_TYPE, time, traceparent }),
  }
}
