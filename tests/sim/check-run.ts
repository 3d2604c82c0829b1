import { checkInvariants } from '@buyer-group/operations/audit/rules/check-invariants.ts'
import type { WebhookEventDoc } from '@buyer-group/shared/mongo/collections.ts'
import { collectFacts } from './collect-facts.ts'
import { expectedDirectory } from './expected-directory.ts'
import type { FinalState } from './simulation.ts'

/** What a run breaks of I1 to I5, in words; empty where all hold. */
export function checkRun(state: FinalState): readonly string[] {
  const { history, isAtRest } = state
  if (history.violations.length > 0) return [...new Set(history.violations)]
  if (!isAtRest) return ['I1: the run never comes to rest']
  const report = checkInvariants(collectFacts(state))
  const audited = report.violations.filter(
    ({ kind, ids }) => !(kind === 'current_stale' && history.excused.has(ids.company ?? '')),
  )
  return [
    ...audited.map(({ invariants, sentence }) => `${invariants}: ${sentence}`),
    ...(report.inFlight > 0 ? [`I1: ${report.inFlight} are still in flight although nothing is left to do`] : []),
    ...checkMembers(state),
    ...(state.sharesAddresses ? [] : checkDirectory(state)),
  ]
}

/**
 * I3: people, positions and members are what an undisturbed run leaves. Changes that wait at rest belong to refreshes
 * that stand in the dead letters (or I1 is broken) and may be saved in part: their people are left out.
 */
function checkDirectory({ database }: FinalState): string[] {
  const expected = expectedDirectory(database.events.values())
  const waiting = [...database.events.values()].filter(({ waitingFor }) => waitingFor.length > 0)
  const unsettled = new Set(waiting.map(sourceIdOf))
  const isSettled = (personId: string | undefined) =>
    !database.people.get(personId ?? '')?.sourceIds.some((sourceId) => unsettled.has(sourceId))
  const idOf = new Map(
    [...database.people.values()].flatMap(({ personId, sourceIds }) => sourceIds.map((id) => [id, personId] as const)),
  )
  const people = [...database.people.values()].map(({ sourceIds, name, email }) => ({
    sourceId: sourceIds.join(),
    name,
    email,
  }))
  const positions = [...database.positions.values()].map(
    ({ companyId, personId, active, title, department, changedAt, changedBy }) => ({
      companyId,
      personId,
      active,
      title,
      department,
      changedAt: changedAt.getTime(),
      changedBy,
    }),
  )
  const placed = expected.positions.map(({ sourceId, ...position }) => ({
    companyId: position.companyId,
    personId: idOf.get(sourceId),
    active: position.active,
    title: position.title,
    department: position.department,
    changedAt: position.changedAt,
    changedBy: position.changedBy,
  }))
  const members = [...database.groups.values()].flatMap(({ companyId, members: shown }) =>
    shown.map(({ personId, title, department }) => ({ companyId, personId, title, department })),
  )
  const belonging = placed
    .filter(({ active, companyId }) => active && database.groups.has(companyId))
    .map(({ companyId, personId, title, department }) => ({ companyId, personId, title, department }))
  return [
    ...compare(
      'people',
      people.filter(({ sourceId }) => !unsettled.has(sourceId)),
      expected.people.filter(({ sourceId }) => !unsettled.has(sourceId)),
    ),
    ...compare(
      'positions',
      positions.filter(({ personId }) => isSettled(personId)),
      placed.filter(({ personId }) => isSettled(personId)),
    ),
    ...compare(
      'members',
      members.filter(({ personId }) => isSettled(personId)),
      belonging.filter(({ personId }) => isSettled(personId)),
    ),
  ]
}

/** I3 where nobody can say who is who: a group that is at rest shows exactly the active positions of its company. */
function checkMembers({ database }: FinalState): string[] {
  const events = [...database.events.values()]
  return [...database.groups.values()]
    .filter(({ companyId }) => !events.some(({ waitingFor }) => waitingFor.includes(companyId)))
    .flatMap(({ companyId, members }) => {
      const active = [...database.positions.values()].filter((one) => one.companyId === companyId && one.active)
      const shown = ({ personId, title, department }: (typeof active)[number] | (typeof members)[number]) => ({
        companyId,
        personId,
        title,
        department,
      })
      return compare('members', members.map(shown), active.map(shown))
    })
}

function sourceIdOf({ source, payload }: WebhookEventDoc): string {
  return `${source}:${(payload as { person?: { id?: string } }).person?.id}`
}

function compare(what: string, found: readonly object[], expected: readonly object[]): string[] {
  const texts = (list: readonly object[]) => new Set(list.map((one) => JSON.stringify(one)))
  const [is, should] = [texts(found), texts(expected)]
  return [
    ...[...is].filter((one) => !should.has(one)).map((one) => `I3: ${what} hold ${one}, which they should not`),
    ...[...should].filter((one) => !is.has(one)).map((one) => `I3: ${what} lack ${one}`),
  ]
}
