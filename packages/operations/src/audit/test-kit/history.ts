import type {
  AcceptedMessage,
  AuditFacts,
  CommandMessage,
  CurrentFact,
  DeadLetter,
  EventRecord,
  GroupFact,
  LogFact,
  Place,
  RequestMessage,
  ResultMessage,
  WindowFact,
} from '../rules/facts.ts'

export const CHANGES = 'changes'
export const REQUESTS = 'requests'
export const COMMANDS = 'commands'

export const WINDOW_MS = 1_000

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

interface Happening {
  readonly key: string
  readonly companies: readonly string[]
  readonly body: string
  readonly type: string
}

/**
 * A deployment in miniature that does everything right, a step at a time, and can be looked at between any two: what
 * happened so far, as facts. Times are a clock that every claim moves beyond the last window.
 */
export function createHistory() {
  const accepted: AcceptedMessage[] = []
  const requests: RequestMessage[] = []
  const commands: CommandMessage[] = []
  const deadLetters: DeadLetter[] = []
  const results: ResultMessage[] = []
  const records = new Map<string, Writable<EventRecord>>()
  const logs = new Map<string, Writable<LogFact>>()
  const windows = new Map<string, Writable<WindowFact>>()
  const groups = new Map<string, GroupFact>()
  const current = new Map<string, CurrentFact>()
  const committed = new Map<string, number>()
  let now = 1_000_000

  const append = (topic: string): Place => {
    const lists: Readonly<Record<string, readonly unknown[]>> = { [CHANGES]: accepted, [REQUESTS]: requests }
    return { topic, partition: 0, offset: (lists[topic] ?? commands).length }
  }
  const commit = ({ topic, offset }: Place) => {
    committed.set(`${topic}/0`, Math.max(committed.get(`${topic}/0`) ?? 0, offset + 1))
  }

  const history = {
    /** Ingest takes an event (or takes it again: the same key and body). */
    accept(
      key: string,
      { companies = ['acme'], body = 'a', type = 'person.promotion' }: Partial<Happening> = {},
    ): void {
      const place = append(CHANGES)
      const companyId = companies[0] ?? 'acme'
      accepted.push({ key, bodySha256: body, type, receivedAt: now, companyId, companies, place })
    },
    /** The detector records what it has not recorded, with or without going on to decide. */
    record(): void {
      for (const { key, bodySha256, companies, receivedAt, type } of accepted) {
        if (records.has(key)) continue
        const isSignificant = type === 'person.promotion'
        const outcome = isSignificant ? null : 'insignificant'
        const waitingFor = isSignificant ? companies : []
        const made = { key, bodySha256, receivedAt, processed: !isSignificant, outcome, waitingFor } as const
        records.set(key, { ...made, commandIds: [], coveredBy: [] })
      }
    },
    /** The detector marks windows pending, decides, reports conflicts and commits. */
    decide(): void {
      history.record()
      for (const message of accepted) {
        const record = records.get(message.key)
        if (record?.bodySha256 !== message.bodySha256) {
          if (!history.isDeadLettered(message.place)) history.bury(message.place, 'event_id_conflict')
        } else if (!record.processed) {
          for (const companyId of record.waitingFor) history.window(companyId).hasPending = true
          record.processed = true
          record.outcome = 'coalesced'
        }
        commit(message.place)
      }
    },
    window(companyId: string): Writable<WindowFact> {
      const window = windows.get(companyId) ?? { companyId, hasPending: false, outbox: null }
      windows.set(companyId, window)
      return window
    },
    /** Someone asks for a refresh by hand; the detector claims it at once. */
    request(requestId: string, companyId = 'acme'): void {
      const place = append(REQUESTS)
      requests.push({ requestId, companyId, place })
    },
    handleRequests(): void {
      for (const { requestId, companyId, place } of requests) {
        if (!logs.has(requestId)) history.produce(history.claim(companyId, { commandId: requestId, reason: 'manual' }))
        commit(place)
      }
    },
    /** A claim of the company's window: everything pending goes with it. */
    claim(companyId = 'acme', overrides: Partial<CommandMessage> = {}): CommandMessage {
      now += overrides.reason === 'manual' ? 1 : WINDOW_MS
      const commandId = `${companyId}:${now}`
      const command = {
        commandId,
        companyId,
        sequence: now,
        reason: 'webhook',
        requestedAt: now,
        ...overrides,
      } as const
      Object.assign(history.window(companyId), { hasPending: false, outbox: command.commandId })
      return { ...command, content: JSON.stringify(command), place: append(COMMANDS) }
    },
    /** Produces a claimed command, or one that was produced before, again. */
    produce(command: CommandMessage): CommandMessage {
      const produced = { ...command, place: append(COMMANDS) }
      if (!logs.has(command.commandId)) logs.set(command.commandId, { commandId: command.commandId, status: 'pending' })
      commands.push(produced)
      const window = history.window(command.companyId)
      if (window.outbox === command.commandId) window.outbox = null
      return produced
    },
    /** The refresher folds what waits and saves the group. */
    save({ companyId, commandId, sequence }: CommandMessage): void {
      if ((groups.get(companyId)?.sequence ?? 0) >= sequence) return
      const waiting = [...records.values()].filter(({ waitingFor }) => waitingFor.includes(companyId))
      const refreshId = `refresh of ${commandId}`
      const previousSequence = groups.get(companyId)?.sequence ?? null
      const foldedIds = waiting.map(({ key }) => key)
      const group = { companyId, commandId, sequence, refreshId, members: `members at ${sequence}`, foldedIds }
      groups.set(companyId, { ...group, isPublished: false })
      previous.set(refreshId, previousSequence)
    },
    /** Publishes the stored group, once more if it was published before. */
    publish(companyId: string): void {
      const group = groups.get(companyId)
      if (group === undefined) return
      const { commandId, sequence, refreshId, members } = group
      const previousSequence = previous.get(refreshId) ?? null
      const told = { refreshId, commandId, companyId, sequence, previousSequence, outcome: 'completed' } as const
      results.push({ ...told, completedAt: now, content: JSON.stringify(told) })
      current.set(companyId, { companyId, sequence, refreshId, members })
    },
    /** Marks the group published, releases what it folded, ends the log and commits the command. */
    finish(command: CommandMessage): void {
      const { companyId, commandId, sequence } = command
      const group = groups.get(companyId)
      if (group === undefined) return
      if (group.sequence > sequence) {
        if (logs.get(commandId)?.status !== 'completed') logs.set(commandId, { commandId, status: 'superseded' })
      } else {
        groups.set(companyId, { ...group, isPublished: true })
        for (const record of records.values()) {
          if (!group.foldedIds.includes(record.key) || !record.waitingFor.includes(companyId)) continue
          const { refreshId } = group
          record.waitingFor = record.waitingFor.filter((waiting) => waiting !== companyId)
          record.coveredBy = [...record.coveredBy, { companyId, commandId, refreshId, sequence, at: now }]
        }
        logs.set(commandId, { commandId, status: 'completed' })
      }
      commit(command.place)
    },
    /** From the claim to the commit. */
    refresh(companyId = 'acme', overrides: Partial<CommandMessage> = {}): CommandMessage {
      const command = history.produce(history.claim(companyId, overrides))
      history.carryOut(command)
      return command
    },
    carryOut(command: CommandMessage): void {
      history.save(command)
      history.publish(command.companyId)
      history.finish(command)
    },
    /** Puts a message into a dead-letter topic and commits it. */
    bury(place: Place, code = 'unexpected'): void {
      deadLetters.push({ origin: place, code })
      commit(place)
    },
    isDeadLettered: (place: Place) =>
      deadLetters.some(({ origin }) => origin?.topic === place.topic && origin.offset === place.offset),
    placeOf: (key: string): Place => {
      const message = accepted.find((candidate) => candidate.key === key)
      if (message === undefined) throw new Error(`no event ${key}`)
      return message.place
    },
    facts(overrides: Partial<AuditFacts> = {}): AuditFacts {
      return structuredClone({
        windowMs: WINDOW_MS,
        since: null,
        until: null,
        resultsSince: null,
        significantTypes: new Set(['person.promotion']),
        clockToleranceMs: 0,
        committed,
        accepted,
        requests,
        commands,
        unreadable: [],
        unreadableOutput: [],
        deadLetters,
        retries: [],
        records: [...records.values()],
        logs: [...logs.values()],
        windows: [...windows.values()],
        results,
        groups: [...groups.values()],
        current: [...current.values()],
        ...overrides,
      })
    },
  }
  const previous = new Map<string, number | null>()
  return history
}

/** Two events of one company and one that refreshes nothing, all done. */
export function createSettledHistory() {
  const history = createHistory()
  history.accept('s:1')
  history.accept('s:2')
  history.accept('s:3', { type: 'person.email_change' })
  history.decide()
  history.refresh()
  return history
}
