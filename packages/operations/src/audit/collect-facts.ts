import { DEFAULT_SIGNIFICANT_TYPES } from '@buyer-group/rules/significance/significant-types.ts'
import type { IncomingMessage } from '@buyer-group/shared/kafka/incoming.ts'
import { findOffsetRanges, type OffsetRange, readRanges } from '@buyer-group/shared/kafka/read-topic.ts'
import { topicNames } from '@buyer-group/shared/messages/topic-names.ts'
import { TOPICS } from '@buyer-group/shared/messages/topics.ts'
import type { AuditOptions } from './audit-options.ts'
import { readGroups, readLogs, readRecords, readWindows } from './mongo-facts.ts'
import { type ConsumedTopics, findConsumedTopics, readCommitted, readFirstKept } from './read-committed.ts'
import { createDecodedReader, placeOf } from './read-decoded.ts'
import { partitionName } from './rules/fact-index.ts'
import type {
  AcceptedMessage,
  AuditFacts,
  CommandMessage,
  CurrentFact,
  DeadLetter,
  Place,
  RequestMessage,
  ResultMessage,
  RetryMessage,
} from './rules/facts.ts'
import { originOf, toAccepted, toCommand, toCurrent, toDeadLetter, toResult } from './to-message-facts.ts'

const MINUTE_MS = 60_000

/** How much earlier than `since` the other topics are read: what an event of that moment led to, or was claimed before it. */
const MARGIN_MS = 60 * MINUTE_MS

/**
 * Collects what the checker looks at from Kafka and MongoDB, in the order that makes a fair picture of a system that
 * moves (facts.ts). Needs memory for every event in scope, about two kilobytes each: a million at a time, with `since`
 * and `until`, is no trouble.
 * @throws AppError `unknown_topic` (permanent), `kafka_unavailable`, `registry_unavailable` (unavailable); what the
 * clients throw; the signal's reason.
 */
export async function collectFacts(options: AuditOptions): Promise<AuditFacts> {
  const { kafka, collections, topicPrefix, windowMs, since, until } = options
  const names = topicNames(topicPrefix)
  const read = createDecodedReader(options)
  const unreadable: Place[] = []
  const unreadableOutput: Place[] = []
  const note = (place: Place) => unreadable.push(place)
  const noteOutput = (place: Place) => unreadableOutput.push(place)
  const rangesOf = (topics: readonly string[], from?: number) =>
    findOffsetRanges(kafka, topics, from === undefined ? {} : { since: from })

  const { consumed, committed, firstKept } = await readProgress(options)

  const accepted: AcceptedMessage[] = []
  const changes = await rangesOf([names.name(TOPICS.personChanges)], earlier(since, 10 * MINUTE_MS))
  for await (const { value, place } of read(changes, 'person-change', { unreadable: note })) {
    if (until === undefined || value.receivedAt < until) accepted.push(toAccepted(value, place))
  }
  const requests: RequestMessage[] = []
  const asked = await rangesOf([names.name(TOPICS.refreshRequests)], since)
  for await (const { value, place } of read(asked, 'refresh-request', { unreadable: note })) {
    requests.push({ requestId: value.requestId, companyId: value.companyId, place })
  }
  const records = await readRecords(
    collections,
    accepted.map(({ key }) => key),
  )

  const windows = await readWindows(collections)
  const commands: CommandMessage[] = []
  const commandTopics = [names.command('high'), names.command('normal'), names.command('low')]
  const commandRanges = await rangesOf(commandTopics, earlier(since, windowMs + MARGIN_MS))
  const ordered = commandRanges.map((range) => ({ ...range, from: Math.min(range.from, nextOf(range, committed)) }))
  for await (const { value, place } of read(ordered, 'refresh-command', { unreadable: note })) {
    commands.push(toCommand(value, place))
  }
  const logs = await readLogs(collections, idsOf(commands, requests))

  const results: ResultMessage[] = []
  const told = await rangesOf([names.name(TOPICS.refreshResults)], earlier(since, 2 * MARGIN_MS))
  const firsts = new Map<string, number>()
  for await (const { message, place, value } of read(told, 'refresh-result', { unreadable: noteOutput })) {
    const partition = partitionName(place)
    if (!firsts.has(partition)) firsts.set(partition, message.timestamp)
    results.push(toResult(value))
  }

  const groups = await readGroups(collections)
  const current = new Map<string, CurrentFact>()
  const states = await rangesOf([names.name(TOPICS.current)])
  const tombstone = ({ key }: IncomingMessage) => current.delete(String(key))
  for await (const { value } of read(states, 'buyer-group', { unreadable: noteOutput, tombstone })) {
    current.set(value.companyId, toCurrent(value))
  }

  return {
    windowMs,
    since: since ?? null,
    until: until ?? null,
    resultsSince: since === undefined ? findTrimmed(told, firsts) : since - MARGIN_MS,
    significantTypes:
      options.significantTypes === undefined ? new Set(DEFAULT_SIGNIFICANT_TYPES) : options.significantTypes,
    clockToleranceMs: options.clockToleranceMs ?? MINUTE_MS,
    committed,
    firstKept,
    accepted,
    requests,
    commands,
    unreadable,
    unreadableOutput,
    deadLetters: await readDeadLetters(options, consumed),
    retries: await readRetries(options, consumed, committed),
    records,
    logs,
    windows,
    results,
    groups,
    current: [...current.values()],
  }
}

async function readProgress({ kafka, topicPrefix }: AuditOptions) {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const consumed = await findConsumedTopics(admin, topicPrefix)
    // Before the commits: a consumer that is just ahead of retention has always committed beyond what was deleted by then.
    const firstKept = await readFirstKept(admin, consumed)
    return { consumed, firstKept, committed: await readCommitted(admin, consumed) }
  } finally {
    await admin.disconnect()
  }
}

async function readDeadLetters(
  { kafka, signal }: AuditOptions,
  consumed: readonly ConsumedTopics[],
): Promise<DeadLetter[]> {
  const ranges = await findOffsetRanges(
    kafka,
    consumed.flatMap(({ deadLetterTopics }) => deadLetterTopics),
  )
  const deadLetters: DeadLetter[] = []
  for await (const message of readRanges(kafka, ranges, signal === undefined ? {} : { signal })) {
    deadLetters.push(toDeadLetter(message))
  }
  return deadLetters
}

/** What waits in the retry topics: beyond what was committed when the audit began. */
async function readRetries(
  { kafka, signal }: AuditOptions,
  consumed: readonly ConsumedTopics[],
  committed: ReadonlyMap<string, number>,
): Promise<RetryMessage[]> {
  const ranges = await findOffsetRanges(
    kafka,
    consumed.flatMap(({ retryTopics }) => retryTopics),
  )
  const open = ranges.map((range) => ({ ...range, from: Math.max(range.from, nextOf(range, committed)) }))
  const retries: RetryMessage[] = []
  for await (const message of readRanges(kafka, open, signal === undefined ? {} : { signal })) {
    retries.push({ origin: originOf(message, 'retry'), place: placeOf(message) })
  }
  return retries
}

const nextOf = (range: OffsetRange, committed: ReadonlyMap<string, number>) => committed.get(partitionName(range)) ?? 0

const earlier = (since: number | undefined, ms: number) => (since === undefined ? undefined : Math.max(0, since - ms))

const idsOf = (commands: readonly CommandMessage[], requests: readonly RequestMessage[]) => [
  ...commands.map(({ commandId }) => commandId),
  ...requests.map(({ requestId }) => requestId),
]

/** Since when results are at hand where the broker no longer keeps the oldest; null where all are. */
function findTrimmed(ranges: readonly OffsetRange[], firsts: ReadonlyMap<string, number>): number | null {
  const trimmed = ranges.filter(({ from }) => from > 0)
  if (trimmed.length === 0) return null
  const times = trimmed.map((range) => firsts.get(partitionName(range)) ?? Number.POSITIVE_INFINITY)
  return Math.max(...times) + MARGIN_MS
}
