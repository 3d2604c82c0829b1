import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Compared, DirectoryWrites, SaveOutcome } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/**
 * Saves people, then positions, then the group: in one conditional write, together with its difference, where the
 * stored group is exactly the published one that the difference was computed from. At most three round trips, shared, and
 * only for what changed; what is refused because someone else was quicker is the outcome `moved`.
 */
export const saveBuyerGroupStep = defineStep({
  name: 'saveBuyerGroupStep',
  idempotencyKey: stepKey('saveBuyerGroupStep'),
  retryable: true,
  execute: async (draft: Compared, context: RefreshContext): Promise<SaveOutcome> => {
    if (!(await saveDirectory(draft.writes, context))) return { kind: 'moved' }
    const group = toGroup(draft, context.now())
    const isSaved = await replaceGroup(group, draft.stored, context)
    return isSaved ? { kind: 'saved', group } : { kind: 'moved' }
  },
})

/** False where a person turned out to be someone else than the members were composed with. */
async function saveDirectory(plan: DirectoryWrites, { stores }: RefreshContext): Promise<boolean> {
  const { sightings, claimedPeople, personIds, positions, positionChanges } = plan
  if (sightings.length > 0) {
    const saved = await stores.people.save({ sightings, known: claimedPeople })
    for (const [sourceId, personId] of personIds) if (saved.get(sourceId) !== personId) return false
  }
  if (positions.length > 0 && !(await stores.positions.write(positions))) await stores.positions.merge(positionChanges)
  return true
}

function toGroup({ command, refreshId, stored, difference, ...draft }: Compared, now: Date): BuyerGroupDoc {
  return {
    companyId: command.companyId,
    companyName: command.companyName ?? stored?.companyName ?? null,
    workspaceId: command.workspaceId,
    sequence: command.sequence,
    previousSequence: stored?.sequence ?? null,
    refreshId,
    commandId: command.commandId,
    reason: command.reason,
    members: [...draft.members],
    added: [...difference.added],
    removed: [...difference.removed],
    changed: [...difference.changed],
    foldedIds: [...draft.foldedIds],
    refreshedAt: now,
    composedAt: draft.composedAt,
    ...(draft.profileVersion === undefined ? {} : { profileVersion: draft.profileVersion }),
    publishedAt: null,
  }
}

/**
 * False where the group is not certain to be saved. If it was all the same, the next look at what is stored finds this
 * very refresh and finishes it.
 */
async function replaceGroup(
  group: BuyerGroupDoc,
  stored: BuyerGroupDoc | null,
  { stores }: Pick<RefreshContext, 'stores'>,
): Promise<boolean> {
  return stored === null ? stores.groups.insert(group) : stores.groups.replacePublished(stored, group)
}
