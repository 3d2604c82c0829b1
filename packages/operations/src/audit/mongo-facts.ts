import type { Collections, WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import { digestMembers } from './digest.ts'
import type { EventRecord, GroupFact, LogFact, WindowFact } from './rules/facts.ts'

/** Keys asked for in one round trip. */
const PAGE = 2_000

/** The records under these idempotency keys, those without one left out. */
export async function readRecords(
  { webhookEvents }: Pick<Collections, 'webhookEvents'>,
  keys: Iterable<string>,
): Promise<EventRecord[]> {
  const projection = {
    _id: 0,
    idempotencyKey: 1,
    bodySha256: 1,
    receivedAt: 1,
    processed: 1,
    decision: 1,
    'classification.type': 1,
    waitingFor: 1,
    coveredBy: 1,
    'error.code': 1,
  }
  const records: EventRecord[] = []
  for (const page of pagesOf(keys)) {
    const docs = webhookEvents.find({ idempotencyKey: { $in: page } }, { projection, batchSize: PAGE })
    for await (const doc of docs) records.push(toRecord(doc))
  }
  return records
}

/** The logs of these commands. */
export async function readLogs(
  { refreshLogs }: Pick<Collections, 'refreshLogs'>,
  commandIds: Iterable<string>,
): Promise<LogFact[]> {
  const projection = { _id: 0, commandId: 1, status: 1 }
  const logs: LogFact[] = []
  for (const page of pagesOf(commandIds)) {
    const docs = refreshLogs.find({ commandId: { $in: page } }, { projection, batchSize: PAGE })
    for await (const { commandId, status } of docs) logs.push({ commandId, status })
  }
  return logs
}

export async function readWindows({ refreshWindows }: Pick<Collections, 'refreshWindows'>): Promise<WindowFact[]> {
  const projection = { _id: 0, companyId: 1, 'pending.since': 1, 'outbox.commandId': 1 }
  const windows: WindowFact[] = []
  for await (const { companyId, pending, outbox } of refreshWindows.find({}, { projection, batchSize: PAGE })) {
    windows.push({ companyId, hasPending: (pending ?? null) !== null, outbox: outbox?.commandId ?? null })
  }
  return windows
}

export async function readGroups({ buyerGroups }: Pick<Collections, 'buyerGroups'>): Promise<GroupFact[]> {
  const projection = {
    _id: 0,
    companyId: 1,
    sequence: 1,
    refreshId: 1,
    commandId: 1,
    publishedAt: 1,
    foldedIds: 1,
    members: 1,
  }
  const groups: GroupFact[] = []
  for await (const doc of buyerGroups.find({}, { projection })) {
    const { companyId, sequence, refreshId, commandId, publishedAt, foldedIds, members } = doc
    const isPublished = publishedAt !== null
    groups.push({ companyId, sequence, refreshId, commandId, isPublished, foldedIds, members: digestMembers(members) })
  }
  return groups
}

function toRecord(doc: WebhookEventDoc): EventRecord {
  const {
    idempotencyKey,
    bodySha256,
    receivedAt,
    processed,
    decision,
    classification,
    waitingFor,
    coveredBy = [],
    error,
  } = doc
  return {
    key: idempotencyKey,
    bodySha256,
    receivedAt: receivedAt.getTime(),
    processed,
    outcome: decision?.outcome ?? null,
    classifiedAs: classification?.type,
    commandIds: decision?.commandIds ?? [],
    waitingFor,
    coveredBy: coveredBy.map(({ at, ...coverage }) => ({ ...coverage, at: at.getTime() })),
    error: error?.code,
  }
}

function* pagesOf(keys: Iterable<string>): Generator<string[]> {
  let page: string[] = []
  for (const key of new Set(keys)) {
    page.push(key)
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}
