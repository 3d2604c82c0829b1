import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import { savePositions } from '../directory/save-positions.ts'
import { writePositions } from '../directory/write-positions.ts'
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
async function saveDirectory(plan: DirectoryWrites, { collections, writes }: RefreshContext): Promise<boolean> {
  const { sightings, claimedPeople, personIds, positions, positionChanges } = plan
  if (sightings.length > 0) {
    const saved = await writes.people({ sightings, known: claimedPeople })
    for (const [sourceId, personId] of personIds) if (saved.get(sourceId) !== personId) return false
  }
  const areWritten = await writePositions(writes.position, positions)
  if (!areWritten) await savePositions(collections.positions, positionChanges)
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
  { writes }: Pick<RefreshContext, 'writes'>,
): Promise<boolean> {
  // A copy, because the driver adds an _id to what it inserts.
  if (stored === null) return (await writes.group({ insertOne: { document: { ...group } } })) === 'written'
  const { companyId, sequence, refreshId } = stored
  const filter = { companyId, sequence, refreshId, publishedAt: { $ne: null } }
  return (await writes.group({ replaceOne: { filter, replacement: group } })) === 'written'
}
