import { FunctionOrchestrator } from '@buyer-group/pipeline/function-orchestrator.ts'
import type { RefreshContext } from './refresh-context.ts'
import { assignRoles } from './steps/assign-roles.ts'
import { checkCacheStep } from './steps/check-cache.ts'
import { compareBuyerGroups } from './steps/compare-buyer-groups.ts'
import { composeBuyerGroup } from './steps/compose-buyer-group.ts'
import { foldWaitingChanges } from './steps/fold-waiting-changes.ts'
import { loadDirectory } from './steps/load-directory.ts'
import { loadStoredGroup } from './steps/load-stored-group.ts'
import { loadWaitingChanges } from './steps/load-waiting-changes.ts'
import { reuseBuyerGroup } from './steps/reuse-buyer-group.ts'
import { saveBuyerGroupStep } from './steps/save-buyer-group.ts'
import { validateCompanyInput } from './steps/validate-company-input.ts'

/**
 * The steps of a refresh, ready to run. The stored group is read before the waiting changes and those before the
 * positions: a change that a stale writer takes off the waiting list in between is then in the positions already.
 */
export function createRefreshPipeline(context: RefreshContext) {
  return new FunctionOrchestrator(context, { clock: () => context.now().getTime() }).registerSteps([
    validateCompanyInput,
    loadStoredGroup,
    loadWaitingChanges,
    checkCacheStep,
    loadDirectory,
    foldWaitingChanges,
    assignRoles,
    composeBuyerGroup,
    reuseBuyerGroup,
    compareBuyerGroups,
    saveBuyerGroupStep,
  ])
}

/** How the next group is made from what the directory holds and what waits. */
export const COMPOSED_GROUP = [
  'loadDirectory',
  'foldWaitingChanges',
  'assignRoles',
  'composeBuyerGroup',
  'compareBuyerGroups',
] as const

/** How it is made of a stored group that is fresh: the document advances to the new sequence, its members stay. */
export const CACHED_GROUP = ['reuseBuyerGroup', 'compareBuyerGroups'] as const
