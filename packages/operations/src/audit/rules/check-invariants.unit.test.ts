import { describe, expect, test } from 'vitest'
import { CHANGES, COMMANDS, createHistory, createSettledHistory, WINDOW_MS } from '../test-kit/history.ts'
import type { AuditReport, ViolationKind } from './audit-report.ts'
import { checkInvariants, confirmViolations } from './check-invariants.ts'
import type { AuditFacts } from './facts.ts'

const kindsOf = ({ violations }: AuditReport) => violations.map(({ kind }) => kind)

/** A list with every entry that `matches` replaced, or without it where `by` gives nothing. */
const replaced = <Entry>(list: readonly Entry[], matches: (entry: Entry) => boolean, by?: (entry: Entry) => Entry) =>
  list.flatMap((entry) => (matches(entry) ? (by === undefined ? [] : [by(entry)]) : [entry]))

describe('what is legal', () => {
  test('a system at rest: every event is insignificant or covered, nothing moves', () => {
    const report = checkInvariants(createSettledHistory().facts())
    expect(report).toMatchObject({ inFlight: 0, violations: [] })
    expect(report.counts).toMatchObject({
      accepted: 3,
      decided: 3,
      insignificant: 1,
      covered: 2,
      deadLettered: 0,
      inFlight: 0,
      commands: 1,
      commandsPerWindow: 1,
      refreshes: 1,
      resultsPerRefresh: 1,
      companies: 1,
      lost: 0,
      twice: 0,
    })
  })

  test('an empty system', () => {
    expect(checkInvariants(createHistory().facts())).toMatchObject({ inFlight: 0, violations: [] })
  })

  test('an event is in flight at every step of its way, and what it waits for is told', () => {
    const history = createHistory()
    const reasons: string[] = []
    const look = () => {
      const { violations, counts, inFlight } = checkInvariants(history.facts())
      expect(violations).toEqual([])
      expect(inFlight).toBeGreaterThan(0)
      reasons.push(
        Object.entries(counts.waitingBy)
          .flatMap(([reason, count]) => (count > 0 ? [reason] : []))
          .join(),
      )
    }
    history.accept('s:1')
    look()
    history.record()
    look()
    history.decide()
    look()
    const claimed = history.claim()
    look()
    const command = history.produce(claimed)
    look()
    history.save(command)
    look()
    history.publish('acme')
    look()
    history.finish(command)
    expect(reasons).toEqual(['unconsumed', 'unconsumed', 'window', 'outbox', 'command', 'command', 'command'])
    expect(checkInvariants(history.facts())).toMatchObject({ inFlight: 0, violations: [], counts: { covered: 1 } })
  })

  test('an event delivered again, before and after its decision, is one event', () => {
    const history = createHistory()
    history.accept('s:1')
    history.accept('s:1')
    history.decide()
    history.refresh()
    history.accept('s:1')
    const moving = checkInvariants(history.facts())
    expect(moving).toMatchObject({ violations: [], inFlight: 1, counts: { accepted: 1, deliveries: 3, covered: 1 } })
    history.decide()
    expect(checkInvariants(history.facts())).toMatchObject({ violations: [], inFlight: 0 })
  })

  test('another body under a known id stands in the dead letters', () => {
    const history = createHistory()
    history.accept('s:1')
    history.accept('s:1', { body: 'b' })
    history.decide()
    history.refresh()
    const { counts, violations } = checkInvariants(history.facts())
    expect(violations).toEqual([])
    expect(counts).toMatchObject({ accepted: 2, decided: 1, covered: 1, deadLettered: 1 })
  })

  test('an event that waits in a retry topic, recorded or not', () => {
    const history = createHistory()
    history.accept('s:1')
    const retrying = () => {
      const retries = [{ origin: history.placeOf('s:1'), place: { topic: 'retry', partition: 0, offset: 5 } }]
      return checkInvariants(history.facts({ retries, committed: new Map([[`${CHANGES}/0`, 1]]) }))
    }
    expect(retrying()).toMatchObject({ violations: [], counts: { inFlight: 1, waitingBy: { retry: 1 } } })
    history.record()
    expect(retrying()).toMatchObject({ violations: [], counts: { inFlight: 1, waitingBy: { retry: 1 } } })
  })

  test('an undecided event in the dead letters, and the same one after it was replayed', () => {
    const history = createHistory()
    history.accept('s:1')
    history.record()
    history.bury(history.placeOf('s:1'), 'unexpected')
    expect(checkInvariants(history.facts())).toMatchObject({ violations: [], counts: { deadLettered: 1, inFlight: 0 } })
    history.accept('s:1')
    expect(checkInvariants(history.facts())).toMatchObject({ violations: [], counts: { inFlight: 1 } })
    history.decide()
    history.refresh()
    expect(checkInvariants(history.facts())).toMatchObject({ violations: [], counts: { covered: 1, deadLetters: 1 } })
  })

  test('a command and a result delivered again, and a command that a later one superseded', () => {
    const history = createHistory()
    history.accept('s:1')
    history.decide()
    const slow = history.produce(history.claim())
    history.refresh()
    history.carryOut(slow)
    const quick = history.refresh()
    history.carryOut(history.produce(quick))
    const { violations, counts } = checkInvariants(history.facts())
    expect(violations).toEqual([])
    expect(counts).toMatchObject({ commands: 3, refreshes: 2, resultsPerRefresh: 1, covered: 1 })
  })

  test('a manual refresh inside a window, and an event whose move concerns two companies', () => {
    const history = createHistory()
    history.accept('s:1', { companies: ['acme', 'beta'] })
    history.decide()
    history.refresh('acme')
    expect(checkInvariants(history.facts()).counts).toMatchObject({ covered: 0, inFlight: 1 })
    history.refresh('beta')
    history.request('by-hand')
    expect(checkInvariants(history.facts())).toMatchObject({ violations: [], inFlight: 1 })
    history.handleRequests()
    const command = history.facts().commands.at(-1)
    expect(command).toMatchObject({ reason: 'manual', commandId: 'by-hand' })
    if (command !== undefined) history.carryOut(command)
    const report = checkInvariants(history.facts())
    expect(report).toMatchObject({ violations: [], inFlight: 0 })
    expect(report.counts).toMatchObject({ covered: 1, requests: 1, commands: 3, commandsPerWindow: 1 })
  })

  test('an event whose command is in the dead letters, and a group that could not be published', () => {
    const history = createHistory()
    history.accept('s:1')
    history.decide()
    const command = history.produce(history.claim())
    history.save(command)
    history.bury(command.place, 'message_too_large')
    const report = checkInvariants(history.facts())
    expect(report).toMatchObject({ violations: [], inFlight: 0, counts: { deadLettered: 1 } })
    // Nothing is lost, but every later command of the company ends the same way: somebody must hear of it.
    const ids = { company: 'acme', command: command.commandId, sequence: command.sequence }
    expect(report.notices).toMatchObject([{ kind: 'group_undeliverable', ids }])
    expect(report.notices[0]?.sentence).toContain('message_too_large')
    history.carryOut(command)
    expect(checkInvariants(history.facts()).notices).toEqual([])
  })

  test('results of failures that differ between attempts', () => {
    const facts = createSettledHistory().facts()
    const failed = (completedAt: number) =>
      facts.results.map((result) => ({ ...result, outcome: 'failed' as const, completedAt, content: `${completedAt}` }))
    const results = [...failed(1), ...failed(2), ...facts.results]
    expect(checkInvariants({ ...facts, results })).toMatchObject({ violations: [], counts: { resultsPerRefresh: 1 } })
  })

  test('an event of a significant type that the significance policy ruled out as cosmetic', () => {
    const facts = createSettledHistory().facts()
    const records = facts.records.map((record) =>
      record.outcome === 'insignificant' ? { ...record, classifiedAs: 'none' } : record,
    )
    const significantTypes = new Set(['person.promotion', 'person.email_change'])
    expect(checkInvariants({ ...facts, records, significantTypes }).violations).toEqual([])
  })

  test('events before and after the time in question are counted, not judged', () => {
    const facts = createSettledHistory().facts({ records: [] })
    const [receivedAt = 0] = facts.accepted.map((message) => message.receivedAt)
    const after = checkInvariants({ ...facts, since: receivedAt + 1 })
    expect(after).toMatchObject({ violations: [], counts: { accepted: 0, outOfScope: 3 } })
    const before = checkInvariants({ ...facts, until: receivedAt })
    expect(before).toMatchObject({ violations: [], counts: { accepted: 0, outOfScope: 3 } })
  })

  test('covers and differences whose results are too old to be at hand', () => {
    const history = createSettledHistory()
    history.accept('s:4')
    history.decide()
    const { requestedAt } = history.refresh()
    const facts = history.facts()
    const results = facts.results.slice(1)
    const old = { ...facts, results }
    expect(checkInvariants({ ...old, resultsSince: requestedAt }).violations).toEqual([])
    expect(kindsOf(checkInvariants(old))).toEqual([
      'coverage_without_result',
      'coverage_without_result',
      'refresh_without_result',
      'difference_missing',
    ])
  })
})

/** One thing wrong in a system that was right: what must be found of it. */
const BROKEN: readonly (readonly [string, ViolationKind, (facts: AuditFacts) => Partial<AuditFacts>])[] = [
  [
    'a committed event without a record',
    'event_unrecorded',
    ({ records }) => ({ records: replaced(records, ({ key }) => key === 's:1') }),
  ],
  [
    'a committed event without a decision',
    'event_undecided',
    ({ records }) => ({
      records: replaced(
        records,
        ({ key }) => key === 's:1',
        (record) => ({ ...record, processed: false, outcome: null }),
      ),
    }),
  ],
  [
    'another body that was dropped',
    'conflict_unreported',
    ({ accepted }) => ({
      accepted: [...accepted, ...accepted.slice(0, 1).map((message) => ({ ...message, bodySha256: 'other' }))],
    }),
  ],
  [
    'garbage that was dropped',
    'message_dropped',
    () => ({ unreadable: [{ topic: CHANGES, partition: 0, offset: 1 }] }),
  ],
  [
    'a significant event taken for an insignificant one',
    'event_ignored',
    () => ({ significantTypes: new Set(['person.promotion', 'person.email_change']) }),
  ],
  [
    'an event classified as significant and taken for an insignificant one',
    'event_ignored',
    ({ records }) => ({
      records: records.map((record) =>
        record.outcome === 'insignificant' ? { ...record, classifiedAs: 'person.promotion' } : record,
      ),
    }),
  ],
  [
    'an event that neither waits nor is covered',
    'event_uncovered',
    ({ records }) => ({ records: records.map((record) => ({ ...record, coveredBy: [] })) }),
  ],
  [
    'an event that waits for nothing',
    'event_forgotten',
    ({ records }) => ({
      records: replaced(
        records,
        ({ key }) => key === 's:1',
        (record) => ({ ...record, waitingFor: ['acme'], coveredBy: [] }),
      ),
    }),
  ],
  [
    'an event that its cover could not read and left out',
    'event_released_unfolded',
    ({ records }) => ({ records: records.map((record) => ({ ...record, error: 'unreadable_payload' })) }),
  ],
  ['a cover without a result', 'coverage_without_result', () => ({ results: [] })],
  [
    'a result of another sequence than the cover names',
    'coverage_without_result',
    ({ records }) => ({
      records: records.map((record) => ({
        ...record,
        coveredBy: record.coveredBy.map((coverage) => ({ ...coverage, sequence: coverage.sequence + 1 })),
      })),
    }),
  ],
  [
    'a cover that did not fold the event',
    'coverage_not_folded',
    ({ groups }) => ({ groups: groups.map((group) => ({ ...group, foldedIds: ['s:2'] })) }),
  ],
  [
    'a cover from before the event',
    'coverage_too_early',
    ({ records }) => ({ records: records.map((record) => ({ ...record, receivedAt: record.receivedAt + 10_000 })) }),
  ],
  [
    'a request without a command',
    'request_lost',
    () => ({ requests: [{ requestId: 'r', companyId: 'acme', place: { topic: CHANGES, partition: 0, offset: 0 } }] }),
  ],
  [
    'a committed command that nobody finished',
    'command_unfinished',
    ({ logs }) => ({ logs: logs.map((log) => ({ ...log, status: 'processing' as const })) }),
  ],
  [
    'a failed command in no dead-letter topic',
    'command_unfinished',
    ({ logs }) => ({ logs: logs.map((log) => ({ ...log, status: 'failed' as const })) }),
  ],
  [
    'a completed command without a result',
    'refresh_without_result',
    () => ({ results: [], records: [], accepted: [] }),
  ],
  [
    'a command superseded by nothing',
    'superseded_by_nothing',
    ({ logs }) => ({ logs: logs.map((log) => ({ ...log, status: 'superseded' as const })) }),
  ],
  [
    'a difference that no result tells of',
    'difference_missing',
    ({ results }) => ({ results: results.map((result) => ({ ...result, previousSequence: 7 })) }),
  ],
  [
    'two records of one event',
    'event_recorded_twice',
    ({ records }) => ({ records: [...records, ...records.slice(0, 1)] }),
  ],
  [
    'an event covered twice',
    'event_covered_twice',
    ({ records }) => ({
      records: records.map((record) => ({ ...record, coveredBy: [...record.coveredBy, ...record.coveredBy] })),
    }),
  ],
  [
    'a claim inside a window',
    'claim_inside_window',
    ({ commands, logs }) => ({
      commands: [
        ...commands,
        ...commands.map((command) => ({
          ...command,
          commandId: 'early',
          sequence: command.sequence - 1,
          requestedAt: command.requestedAt - WINDOW_MS + 1,
        })),
      ],
      logs: [...logs, { commandId: 'early', status: 'superseded' }],
    }),
  ],
  [
    'two commands of one sequence',
    'sequence_used_twice',
    ({ commands, logs }) => ({
      commands: [...commands, ...commands.map((command) => ({ ...command, commandId: 'other' }))],
      logs: [...logs, { commandId: 'other', status: 'completed' }],
      resultsSince: Number.POSITIVE_INFINITY,
    }),
  ],
  [
    'a command produced with another content',
    'command_differs',
    ({ commands }) => ({ commands: [...commands, ...commands.map((command) => ({ ...command, content: 'other' }))] }),
  ],
  [
    'a refresh published with another content',
    'result_differs',
    ({ results }) => ({ results: [...results, ...results.map((result) => ({ ...result, content: 'other' }))] }),
  ],
  [
    'a result that nobody can read',
    'output_unreadable',
    () => ({ unreadableOutput: [{ topic: 'results', partition: 0, offset: 0 }] }),
  ],
  [
    'a stored group that nobody publishes',
    'group_unpublished',
    ({ groups }) => ({ groups: groups.map((group) => ({ ...group, isPublished: false })) }),
  ],
  ['a group without a current state', 'current_missing', () => ({ current: [] })],
  [
    'an older current state',
    'current_stale',
    ({ current }) => ({ current: current.map((state) => ({ ...state, sequence: state.sequence - 1 })) }),
  ],
  [
    'a newer current state',
    'current_ahead',
    ({ current }) => ({ current: current.map((state) => ({ ...state, sequence: state.sequence + 1 })) }),
  ],
  [
    'a current state of no group',
    'current_ahead',
    ({ current }) => ({ current: [...current, ...current.map((state) => ({ ...state, companyId: 'ghost' }))] }),
  ],
  [
    'a current state with other members',
    'current_differs',
    ({ current }) => ({ current: current.map((state) => ({ ...state, members: 'others' })) }),
  ],
]

describe('what is broken', () => {
  test.each(BROKEN)('%s is found as %s and as nothing that hides it', (_what, kind, breakIt) => {
    const facts = createSettledHistory().facts()
    const report = checkInvariants({ ...facts, ...breakIt(facts) })
    expect(new Set(kindsOf(report))).toContain(kind)
    for (const { sentence, invariants } of report.violations) {
      expect(sentence).not.toContain('undefined')
      expect(invariants.length).toBeGreaterThan(0)
    }
  })

  test('an event is lost once, however many things tell of it, and the sum of the fates stays', () => {
    const facts = createSettledHistory().facts({ results: [] })
    const { counts, violations } = checkInvariants(facts)
    expect(violations.length).toBeGreaterThan(2)
    // Two events and the refresh that was to cover them.
    expect(counts).toMatchObject({ accepted: 3, insignificant: 1, covered: 0, lost: 3, twice: 0 })
  })

  test('an event that a refresh could not read is lost, with the reason, and not covered', () => {
    const facts = createSettledHistory().facts()
    const records = replaced(
      facts.records,
      ({ key }) => key === 's:1',
      (record) => ({ ...record, error: 'unreadable_payload' }),
    )
    const report = checkInvariants({ ...facts, records })
    expect(report.violations).toMatchObject([{ kind: 'event_released_unfolded', ids: { event: 's:1' } }])
    expect(report.violations[0]?.sentence).toContain('unreadable_payload')
    expect(report.counts).toMatchObject({ accepted: 3, insignificant: 1, covered: 1, lost: 1 })
  })

  test('messages that expired before their consumer came to them are counted, a partition each', () => {
    const facts = createSettledHistory().facts({
      committed: new Map([
        [`${CHANGES}/0`, 3],
        [`${CHANGES}/1`, 7],
        [`${COMMANDS}/0`, 1],
      ]),
      firstKept: new Map([
        [`${CHANGES}/0`, 3],
        [`${CHANGES}/1`, 12],
        [`${COMMANDS}/0`, 0],
        ['retries/2', 1_000],
      ]),
    })
    const { violations, counts } = checkInvariants(facts)
    expect(violations).toMatchObject([
      { kind: 'expired_unread', ids: { partition: `${CHANGES}/1` }, count: 5 },
      { kind: 'expired_unread', ids: { partition: 'retries/2' }, count: 1_000 },
    ])
    expect(violations.map(({ sentence }) => sentence)).toEqual([
      `5 messages of ${CHANGES}/1 expired before its consumer came to them: it has committed 7, the broker keeps them from 12 on`,
      '1,000 messages of retries/2 expired before its consumer came to them: it has committed nothing, the broker keeps them from 1,000 on',
    ])
    expect(counts.lost).toBe(1_005)
  })

  test('a dead letter that was replayed and dropped then', () => {
    const history = createHistory()
    history.accept('s:1')
    history.record()
    history.bury(history.placeOf('s:1'))
    history.accept('s:1')
    const report = checkInvariants(history.facts({ committed: new Map([[`${CHANGES}/0`, 2]]) }))
    expect(report.violations).toMatchObject([{ kind: 'event_undecided', ids: { message: `${CHANGES}/0@1` } }])
  })

  test('an old dead-lettered command does not speak for an event that came after it', () => {
    const history = createHistory()
    const command = history.produce(history.claim())
    history.bury(command.place)
    history.claim('beta')
    history.accept('s:1')
    history.decide()
    history.window('acme').hasPending = false
    expect(kindsOf(checkInvariants(history.facts()))).toContain('event_forgotten')
  })

  test('a company with a command on its way may show an older current state for now', () => {
    const history = createSettledHistory()
    const stale = history.facts().current
    history.refresh()
    expect(kindsOf(checkInvariants(history.facts({ current: stale })))).toEqual(['current_stale'])
    history.produce(history.claim())
    expect(kindsOf(checkInvariants(history.facts({ current: stale })))).toEqual([])
    expect(history.facts().commands.at(-1)?.place.topic).toBe(COMMANDS)
  })

  test('only what stands at both looks is reported, by the later one', () => {
    const facts = createSettledHistory().facts()
    const first = checkInvariants({ ...facts, current: [], results: [] })
    const later = checkInvariants({
      ...facts,
      results: [],
      groups: facts.groups.map((group) => ({ ...group, isPublished: false })),
    })
    const confirmed = confirmViolations(first, later)
    expect(new Set(kindsOf(confirmed))).toEqual(new Set(['coverage_without_result', 'refresh_without_result']))
    expect(confirmed.counts.lost).toBe(3)
  })
})
