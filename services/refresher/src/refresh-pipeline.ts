import { FunctionOrchestrator } from '@buyer-group/pipeline/function-orchestrator.ts'
import { generateIdempotencyKey } from '@buyer-group/pipeline/generate-idempotency-key.ts'
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

export const PIPELINE_NAME = 'buyer-group-discovery'
export const PIPELINE_VERSION = '1'

/** The key of a command's operation and the id of its refresh: one and the same for every delivery. */
export function refreshIdOf(commandId: string): string {
  return generateIdempotencyKey({ pipelineName: PIPELINE_NAME, commandId })
}

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

export const FULL_REFRESH = [
  'loadDirectory',
  'foldWaitingChanges',
  'assignRoles',
  'composeBuyerGroup',
  'compareBuyerGroups',
  'saveBuyerGroupStep',
] as const

/** What is left of a refresh whose group is fresh: the document advances to the new sequence, its members stay. */
export const CACHED_REFRESH = ['reuseBuyerGroup', 'compareBuyerGroups', 'saveBuyerGroupStep'] as const
