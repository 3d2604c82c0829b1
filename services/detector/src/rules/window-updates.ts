import type { RefreshReason } from '@buyer-group/shared/messages/messages.ts'
import type { Priority } from '@buyer-group/shared/messages/topics.ts'
import { type CompanyChanges, MAX_TRIGGERED_BY } from './group-by-company.ts'

/**
 * The two things that can happen to a company's window, as MongoDB update pipelines, because only the database can
 * decide and write in one step by its own clock (`$$NOW`).
 * Every text from outside goes in as `$literal`: the database would take one that starts with `$` for a field's path.
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

/** No command waits to be produced, and there is no window or it has closed. */
const IS_FREE: Expression = {
  $and: [{ $eq: [{ $ifNull: ['$outbox', null] }, null] }, { $lte: [{ $ifNull: ['$closesAt', '$$NOW'] }, '$$NOW'] }],
}

/** Never falls back: neither when the database's clock is set back nor when its content was lost. */
const NEXT_SEQUENCE: Expression = {
  $max: [{ $add: [{ $toLong: { $ifNull: ['$sequence', 0] } }, 1] }, { $toLong: '$$NOW' }],
}

/** Claims the window if it is free, else marks the changes pending in it. */
export function claimOrMark(changes: CompanyChanges, claim: Claim): Expression[] {
  return replaceWith(changes, { $cond: [IS_FREE, claimed(changes, claim), marked(changes)] })
}

/**
 * Marks the changes pending in a window that exists, whatever its state by then: pending changes of a closed window are
 * swept. Much cheaper than claimOrMark, because the database has a third to parse.
 */
export function markOnly(changes: CompanyChanges): Expression[] {
  return [{ $set: { companyName: nameOf(changes), pending: waitingWith(changes) } }]
}

/** Claims the window whatever its state: the caller's filter has made sure that it may. */
export function claimOnly(changes: CompanyChanges, claim: Claim): Expression[] {
  return replaceWith(changes, claimed(changes, claim))
}

function replaceWith(changes: CompanyChanges, outcome: Expression): Expression[] {
  return [{ $replaceWith: { $let: { vars: { waiting: waitingWith(changes), sequence: NEXT_SEQUENCE }, in: outcome } } }]
}

/** What was pending and what is new, as PendingChanges. */
function waitingWith({ count, changeTypes, triggeredBy }: CompanyChanges): Expression {
  return {
    since: { $ifNull: ['$pending.since', '$$NOW'] },
    count: { $add: [{ $ifNull: ['$pending.count', 0] }, count] },
    changeTypes: union(changeTypes, '$pending.changeTypes'),
    triggeredBy: { $slice: [union(triggeredBy, '$pending.triggeredBy'), MAX_TRIGGERED_BY] },
  }
}

/** The new ones first, so that whoever acts now is named even if a hundred waited. */
function union(fresh: readonly string[], path: string): Expression {
  const known = { $ifNull: [path, []] }
  return { $concatArrays: [{ $literal: fresh }, { $setDifference: [known, { $literal: fresh }] }] }
}

function claimed(changes: CompanyChanges, claim: Claim): Expression {
  const companyId = { $literal: changes.companyId }
  const companyName = nameOf(changes)
  const commandId =
    claim.commandId === null
      ? { $concat: [companyId, ':', { $toString: '$$sequence' }] }
      : { $literal: claim.commandId }
  return mergedWith({
    companyName,
    sequence: '$$sequence',
    opensAt: '$$NOW',
    closesAt: { $add: ['$$NOW', claim.windowMs] },
    pending: null,
    claimToken: { $literal: claim.token },
    outbox: {
      commandId,
      companyId,
      companyName,
      workspaceId: { $literal: claim.workspaceId },
      reason: claim.reason,
      priority: claim.priority,
      changeTypes: '$$waiting.changeTypes',
      triggeredBy: '$$waiting.triggeredBy',
      triggeredByCount: countOf('$$waiting'),
      sequence: '$$sequence',
      requestedAt: '$$NOW',
    },
  })
}

function marked(changes: CompanyChanges): Expression {
  return mergedWith({ companyName: nameOf(changes), pending: '$$waiting' })
}

/**
 * Exact while fewer than a hundred are named, and then no matter how often a change was marked by repeated attempts;
 * beyond that the number of changes, which is at least the number of people.
 */
function countOf(waiting: string): Expression {
  const named = { $size: `${waiting}.triggeredBy` }
  return { $cond: [{ $lt: [named, MAX_TRIGGERED_BY] }, named, `${waiting}.count`] }
}

/** The latest name that is known. */
function nameOf({ companyName }: CompanyChanges): Expression {
  return companyName === null ? { $ifNull: ['$companyName', null] } : { $literal: companyName }
}

function mergedWith(fields: Expression): Expression {
  return { $mergeObjects: ['$$ROOT', fields] }
}
