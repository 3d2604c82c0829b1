import type { RefreshReason } from '@buyer-group/shared/messages/messages.ts'
import type { Priority } from '@buyer-group/shared/messages/topics.ts'
import { lookUp } from '@buyer-group/shared/mongo/rules/look-up.ts'
import { type CompanyChanges, MAX_TRIGGERED_BY } from './group-by-company.ts'

/**
 * The two things that can happen to a company's window, as MongoDB update pipelines, because only the database can
 * decide and write in one step by its own clock (`$$NOW`). Each pipeline updates the windows of several companies, every
 * one with what `$$fresh` holds for it; what came from outside is in there and nowhere else.
 */

type Expression = Readonly<Record<string, unknown>>

/** What a claim needs to know besides the changes. */
export interface Claim {
  /** A random word of one claimer, kept in the window, so that it can tell whether it won. */
  readonly token: string
  readonly windowMs: number
  readonly workspaceId: string
  readonly reason: RefreshReason
  readonly priority: Priority
  /** The command's id; null makes it of company and sequence. */
  readonly commandId: string | null
}

/** One company's claim under a condition: nobody has claimed its window since it was read, and it may be claimed now. */
export interface ConditionalClaim {
  readonly changes: CompanyChanges
  readonly claim: Claim
  /** The sequence that was read; null if there was no window. */
  readonly seenSequence: number | null
}

/** The sequence of a window that no claim has opened yet. */
export const NEVER_CLAIMED = 0

/**
 * Claims the windows that are free and marks the changes pending in the others.
 * @param open companies that were seen with an open window, which they are not claimed for even if it has closed since:
 * pending changes of a closed window are swept.
 */
export function claimOrMark(
  changes: readonly CompanyChanges[],
  claim: Claim,
  open: ReadonlySet<string>,
): readonly Expression[] {
  const fresh = changes.map((one) => ({ ...one, mayClaim: !open.has(one.companyId) }))
  return replaceEach(fresh, { $literal: claim }, { $cond: [{ $and: ['$$fresh.mayClaim', IS_FREE] }, CLAIMED, MARKED] })
}

/** Claims the windows that are as they were seen, open ones for manual refreshes alone, and leaves the others alone. */
export function claimIfUnchanged(claims: readonly ConditionalClaim[]): readonly Expression[] {
  const fresh = claims.map(({ changes, claim, seenSequence }) => ({
    ...changes,
    claim,
    seenSequence: seenSequence ?? NEVER_CLAIMED,
  }))
  return replaceEach(fresh, '$$fresh.claim', { $cond: [IS_UNCHANGED, CLAIMED, '$$ROOT'] })
}

function replaceEach(
  fresh: readonly { readonly companyId: string }[],
  claim: Expression | string,
  outcome: Expression,
): readonly Expression[] {
  const companyIds = fresh.map(({ companyId }) => companyId)
  return [
    { $replaceWith: letIn({ fresh: lookUp('$companyId', companyIds, fresh) }, letIn({ claim, ...DERIVED }, outcome)) },
  ]
}

function letIn(vars: Expression, inside: Expression): Expression {
  return { $let: { vars, in: inside } }
}

const HAS_NO_OUTBOX: Expression = { $eq: [{ $ifNull: ['$outbox', null] }, null] }

/** No command waits to be produced, and the window has closed. */
const IS_FREE: Expression = { $and: [HAS_NO_OUTBOX, { $lte: ['$closesAt', '$$NOW'] }] }

/**
 * A window that was closed when it was read may be open now, with its sequence unchanged: a new primary's clock may be
 * behind. Only a manual refresh may claim inside a window (I2).
 */
const IS_UNCHANGED: Expression = {
  $and: [
    HAS_NO_OUTBOX,
    { $eq: ['$sequence', '$$fresh.seenSequence'] },
    { $or: [{ $eq: ['$$claim.reason', 'manual'] }, { $lte: ['$closesAt', '$$NOW'] }] },
  ],
}

/** The new ones first, so that whoever acts now is named even if a hundred waited. */
function union(fresh: string, path: string): Expression {
  return { $concatArrays: [fresh, { $setDifference: [{ $ifNull: [path, []] }, fresh] }] }
}

const DERIVED: Expression = {
  /** What was pending and what is new, as PendingChanges. */
  waiting: {
    since: { $ifNull: ['$pending.since', '$$NOW'] },
    count: { $add: [{ $ifNull: ['$pending.count', 0] }, '$$fresh.count'] },
    changeTypes: union('$$fresh.changeTypes', '$pending.changeTypes'),
    triggeredBy: { $slice: [union('$$fresh.triggeredBy', '$pending.triggeredBy'), MAX_TRIGGERED_BY] },
  },
  /** Never falls back: neither when the database's clock is set back nor when its content was lost. */
  sequence: { $max: [{ $add: [{ $toLong: '$sequence' }, 1] }, { $toLong: '$$NOW' }] },
  /** The latest name that is known. */
  companyName: { $ifNull: ['$$fresh.companyName', '$companyName', null] },
}

/**
 * How many triggered a refresh: exact while fewer than a hundred are named, and then no matter how often a change was
 * marked by repeated attempts; beyond that the number of changes, which is at least the number of people.
 */
const TRIGGERED_BY_COUNT: Expression = {
  $cond: [
    { $lt: [{ $size: '$$waiting.triggeredBy' }, MAX_TRIGGERED_BY] },
    { $size: '$$waiting.triggeredBy' },
    '$$waiting.count',
  ],
}

const CLAIMED: Expression = {
  $mergeObjects: [
    '$$ROOT',
    {
      companyName: '$$companyName',
      sequence: '$$sequence',
      opensAt: '$$NOW',
      closesAt: { $add: ['$$NOW', '$$claim.windowMs'] },
      pending: null,
      claimToken: '$$claim.token',
      outbox: {
        commandId: { $ifNull: ['$$claim.commandId', { $concat: ['$companyId', ':', { $toString: '$$sequence' }] }] },
        companyId: '$companyId',
        companyName: '$$companyName',
        workspaceId: '$$claim.workspaceId',
        reason: '$$claim.reason',
        priority: '$$claim.priority',
        changeTypes: '$$waiting.changeTypes',
        triggeredBy: '$$waiting.triggeredBy',
        triggeredByCount: TRIGGERED_BY_COUNT,
        sequence: '$$sequence',
        requestedAt: '$$NOW',
      },
    },
  ],
}

const MARKED: Expression = { $mergeObjects: ['$$ROOT', { companyName: '$$companyName', pending: '$$waiting' }] }
