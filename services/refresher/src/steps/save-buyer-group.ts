import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { BuyerGroupDoc } from '@buyer-group/shared/mongo/collections.ts'
import { MongoServerError } from 'mongodb'
import { savePeople } from '../directory/save-people.ts'
import { savePositions } from '../directory/save-positions.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Compared, DirectoryWrites, SaveOutcome } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

const DUPLICATE_KEY = 11_000

/**
 * Saves people, then positions, then the group: in one conditional write, together with its difference, where the
 * stored group is exactly the published one that the difference was computed from. At most three round trips, and only
 * for what changed; what is refused because someone else was quicker is the outcome `moved`.
 */
export const saveBuyerGroupStep = defineStep({
  name: 'saveBuyerGroupStep',
  idempotencyKey: stepKey('saveBuyerGroupStep'),
  retryable: true,
  execute: async (draft: Compared, { collections, now }: RefreshContext): Promise<SaveOutcome> => {
    if (!(await saveDirectory(draft.writes, collections))) return { kind: 'moved' }
    const group = toGroup(draft, now())
    const isSaved = await replaceGroup(group, draft.stored, collections.buyerGroups)
    return isSaved ? { kind: 'saved', group } : { kind: 'moved' }
  },
})

/** False where a person turned out to be someone else than the members were composed with. */
async function saveDirectory(writes: DirectoryWrites, collections: RefreshContext['collections']): Promise<boolean> {
  const { sightings, claimedPeople, personIds, positionChanges } = writes
  const saved = await savePeople(collections.people, sightings, claimedPeople)
  for (const [sourceId, personId] of saved) if (personIds.get(sourceId) !== personId) return false
  await savePositions(collections.positions, positionChanges)
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

async function replaceGroup(
  group: BuyerGroupDoc,
  stored: BuyerGroupDoc | null,
  groups: RefreshContext['collections']['buyerGroups'],
): Promise<boolean> {
  if (stored !== null) {
    const { companyId, sequence, refreshId } = stored
    const { matchedCount } = await groups.replaceOne(
      { companyId, sequence, refreshId, publishedAt: { $ne: null } },
      group,
    )
    return matchedCount === 1
  }
  try {
    // A copy, because the driver adds an _id to what it inserts.
    await groups.insertOne({ ...group })
    return true
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false
    throw error
  }
}
