import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Company, Compared, DirectoryWrites, Waiting } from '../refresh-state.ts'
import type { SaveOutcome } from '../rules/refresh-outcome.ts'
import { stepKey } from './step-key.ts'

interface ToSave {
  readonly company: Company
  readonly stored: BuyerGroupDoc | null
  readonly waiting: Waiting
  readonly compared: Compared
}

/**
 * Saves people, then positions, then the group: in one conditional write, together with its difference, where the
 * stored group is exactly the published one that the difference was computed from. At most three round trips, shared, and
 * only for what changed; what is refused because someone else was quicker is the outcome `moved`.
 */
export const saveBuyerGroupStep = defineStep({
  name: 'saveBuyerGroupStep',
  idempotencyKey: stepKey('saveBuyerGroupStep'),
  retryable: true,
  execute: async (toSave: ToSave, { stores, now }: Pick<RefreshContext, 'stores' | 'now'>): Promise<SaveOutcome> => {
    const { stored, compared } = toSave
    if (compared.writes !== null && !(await saveDirectory(compared.writes, stores))) return { kind: 'moved' }
    const group = toGroup(toSave, now())
    // Where it is not certain to be saved but was all the same, the next look finds this very refresh and finishes it.
    const isSaved = await (stored === null
      ? stores.groups.insert(group)
      : stores.groups.replacePublished(stored, group))
    return isSaved ? { kind: 'saved', group } : { kind: 'moved' }
  },
})

/** False where a person turned out to be someone else than the members were composed with. */
async function saveDirectory(plan: DirectoryWrites, stores: RefreshContext['stores']): Promise<boolean> {
  const { sightings, claimedPeople, personIds, positions, positionChanges } = plan
  if (sightings.length > 0) {
    const saved = await stores.people.save({ sightings, known: claimedPeople })
    for (const [sourceId, personId] of personIds) if (saved.get(sourceId) !== personId) return false
  }
  if (positions.length > 0 && !(await stores.positions.write(positions))) await stores.positions.merge(positionChanges)
  return true
}

function toGroup({ company, stored, waiting, compared }: ToSave, now: Date): BuyerGroupDoc {
  const { command, refreshId } = company
  const { members, difference, composedAt, profileVersion } = compared
  return {
    companyId: command.companyId,
    companyName: command.companyName ?? stored?.companyName ?? null,
    workspaceId: command.workspaceId,
    sequence: command.sequence,
    previousSequence: stored?.sequence ?? null,
    refreshId,
    commandId: command.commandId,
    reason: command.reason,
    members: [...members],
    added: [...difference.added],
    removed: [...difference.removed],
    changed: [...difference.changed],
    foldedIds: [...waiting.foldedIds],
    refreshedAt: now,
    composedAt,
    ...(profileVersion === undefined ? {} : { profileVersion }),
    publishedAt: null,
  }
}
