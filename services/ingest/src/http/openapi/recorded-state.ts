import type { Member } from '@buyer-group/shared/messages/messages.ts'
import { z } from 'zod'
import type { describeJourney } from '../../rules/describe-journey.ts'

/** What the calls for operators answer with: what detector and refresher recorded. */

const time = z.iso.datetime()

const recordedError = z.object({ code: z.string(), message: z.string() })

const refreshStatus = z.enum(['pending', 'processing', 'completed', 'failed', 'superseded'])

const reason = z.enum(['webhook', 'manual', 'scheduled'])

export const refreshSchema = z
  .object({
    id: z.string(),
    companyId: z.string(),
    workspaceId: z.string(),
    reason,
    triggeredBy: z.array(z.string()).describe('Ids of persons, or who asked; at most 100.'),
    status: refreshStatus,
    sequence: z.int().describe("The number of the company's refresh; a higher one is later."),
    startedAt: time,
    completedAt: time.optional(),
    changes: z.object({ added: z.int(), removed: z.int(), changed: z.int() }).optional(),
    supersededBy: z.int().optional().describe('Where superseded: the sequence that covered it.'),
    error: recordedError.optional(),
  })
  .meta({ id: 'Refresh', description: 'One refresh of a company.' })

const refreshOfEvent = { commandId: z.string(), status: refreshStatus.nullable() }

export const journeySchema = z
  .object({
    id: z.string().describe('source:id'),
    source: z.string(),
    type: z.string(),
    companyId: z
      .string()
      .nullable()
      .describe('Null where the event names none, and its person was not found at exactly one.'),
    status: z
      .enum(['undecided', 'failed', 'insignificant', 'waiting', 'covered'])
      .describe(
        '`undecided`: not decided yet. `failed`: a dead letter, `error` says why. `insignificant`: needs no refresh. `waiting`: a refresh to come will take it in. `covered`: every company it concerns was refreshed with it.',
      ),
    occurredAt: time.describe('When it happened, by the provider.'),
    receivedAt: time,
    processedAt: time.nullable(),
    bodySha256: z.string(),
    decision: z
      .object({
        outcome: z.enum(['refresh', 'coalesced', 'insignificant']),
        refreshes: z.array(z.object(refreshOfEvent)),
      })
      .nullable(),
    classification: z
      .object({ type: z.string(), reason: z.string(), policy: z.string() })
      .nullable()
      .describe("What counted instead of the event's own type, where something did."),
    waitingFor: z.array(z.string()).describe('Companies whose next refresh takes it in.'),
    coveredBy: z.array(
      z.object({
        companyId: z.string(),
        refreshId: z.string(),
        sequence: z.int(),
        at: time,
        ...refreshOfEvent,
      }),
    ),
    error: recordedError.nullable(),
  })
  .meta({ id: 'EventJourney', description: 'Where an event has got to; nothing of the person.' })

type Journey = ReturnType<typeof describeJourney>

const member = z
  .object({
    personId: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    title: z.string(),
    seniority: z.string(),
    department: z.string(),
    role: z.string(),
    score: z.number().min(0).max(100),
    reasons: z.array(z.string()).optional().describe('Why this role and this score.'),
  })
  .meta({ id: 'Member' })

export const buyerGroupSchema = z
  .object({
    companyId: z.string(),
    companyName: z.string().nullable(),
    workspaceId: z.string(),
    sequence: z.int(),
    previousSequence: z.int().nullable(),
    refreshId: z.string(),
    commandId: z.string(),
    reason,
    members: z.array(member),
    added: z.array(member),
    removed: z.array(member),
    changed: z.array(z.object({ personId: z.string(), before: member, after: member })),
    refreshedAt: time,
    composedAt: time.optional().describe('When the members were last put together.'),
    profileVersion: z.string().optional(),
    publishedAt: time.nullable(),
  })
  .meta({ id: 'BuyerGroup', description: 'The current group, with what its last refresh changed.' })

export const EXAMPLE_REFRESH: z.output<typeof refreshSchema> = {
  id: '6f1c0e7c-9a53-4a0f-8f0e-5f1b8d1f4c11',
  companyId: 'acme',
  workspaceId: 'default',
  reason: 'manual',
  triggeredBy: ['api'],
  status: 'completed',
  sequence: 1_768_469_401_250,
  startedAt: '2026-01-15T09:30:01.250Z',
  completedAt: '2026-01-15T09:30:01.410Z',
  changes: { added: 1, removed: 0, changed: 2 },
}

export const EXAMPLE_JOURNEY: Journey & z.output<typeof journeySchema> = {
  id: 'test:evt_1',
  source: 'test',
  type: 'person.promotion',
  companyId: 'acme',
  status: 'covered',
  occurredAt: '2026-01-15T09:30:00.000Z',
  receivedAt: '2026-01-15T09:30:01.100Z',
  processedAt: '2026-01-15T09:30:01.180Z',
  bodySha256: '0f343b0931126a20f133d67c2b018a3b5f0f3a9c1c8a1a8b6f5a1f6d2c9b7e44',
  decision: { outcome: 'refresh', refreshes: [{ commandId: 'acme-1768469401250', status: 'completed' }] },
  classification: null,
  waitingFor: [],
  coveredBy: [
    {
      companyId: 'acme',
      refreshId: 'default:acme:1768469401250',
      sequence: 1_768_469_401_250,
      at: '2026-01-15T09:30:01.410Z',
      commandId: 'acme-1768469401250',
      status: 'completed',
    },
  ],
  error: null,
}

const EXAMPLE_MEMBER: z.output<typeof member> & Member = {
  personId: 'p-17',
  name: 'Pat Doe',
  email: 'pat.doe@example.com',
  title: 'Chief Financial Officer',
  seniority: 'c-suite',
  department: 'finance',
  role: 'decision maker',
  score: 92,
  reasons: ['c-suite in finance'],
}

export const EXAMPLE_BUYER_GROUP: z.output<typeof buyerGroupSchema> = {
  companyId: 'acme',
  companyName: 'Acme Inc',
  workspaceId: 'default',
  sequence: 1_768_469_401_250,
  previousSequence: 1_768_465_800_000,
  refreshId: 'default:acme:1768469401250',
  commandId: 'acme-1768469401250',
  reason: 'webhook',
  members: [EXAMPLE_MEMBER],
  added: [],
  removed: [],
  changed: [
    {
      personId: 'p-17',
      before: { ...EXAMPLE_MEMBER, title: 'Director of Finance', seniority: 'director', role: 'influencer', score: 61 },
      after: EXAMPLE_MEMBER,
    },
  ],
  refreshedAt: '2026-01-15T09:30:01.400Z',
  composedAt: '2026-01-15T09:30:01.400Z',
  profileVersion: 'default',
  publishedAt: '2026-01-15T09:30:01.408Z',
}
