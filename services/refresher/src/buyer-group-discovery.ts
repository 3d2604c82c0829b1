import { defineWorkflow } from '@buyer-group/pipeline/workflow/define-workflow.ts'
import { node, workflowInput } from '@buyer-group/pipeline/workflow/node.ts'
import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import { z } from 'zod'
import { WORKFLOW_NAME, WORKFLOW_VERSION } from './refresh-id.ts'
import type { Draft } from './refresh-state.ts'
import { groupToPublish } from './rules/refresh-outcome.ts'
import { assignRoles } from './steps/assign-roles.ts'
import { checkCacheStep } from './steps/check-cache.ts'
import { classifyTitles } from './steps/classify-titles.ts'
import { closeRefreshLog } from './steps/close-refresh-log.ts'
import { compareBuyerGroups } from './steps/compare-buyer-groups.ts'
import { compareWithStoredStep } from './steps/compare-with-stored.ts'
import { composeBuyerGroup } from './steps/compose-buyer-group.ts'
import { foldWaitingChanges } from './steps/fold-waiting-changes.ts'
import { identifyPeople } from './steps/identify-people.ts'
import { loadDirectory } from './steps/load-directory.ts'
import { loadPeople } from './steps/load-people.ts'
import { loadStoredGroup } from './steps/load-stored-group.ts'
import { loadWaitingChanges } from './steps/load-waiting-changes.ts'
import { openRefreshLog } from './steps/open-refresh-log.ts'
import { publishRefresh } from './steps/publish-refresh.ts'
import { reuseBuyerGroup } from './steps/reuse-buyer-group.ts'
import { saveBuyerGroupStep } from './steps/save-buyer-group.ts'
import { validateCompanyInput } from './steps/validate-company-input.ts'

/** How often the stored group may move under a refresh before the command is tried again later. */
const MAX_ROUNDS = 10

/**
 * Of all nodes only the paid question to a people source is stored: everything else is cheap, and must see the database as
 * it is now. A run that is resumed, or repeated because the group moved, looks anew.
 */
const lookAnew = { memoise: false } as const

/** `validateCompanyInput` says what a command must be. */
const command = workflowInput(z.custom<RefreshCommand>((value) => typeof value === 'object' && value !== null))

const company = node({ step: validateCompanyInput, after: { command }, input: (given) => given.command, ...lookAnew })
const logOpened = node({ step: openRefreshLog, after: { company }, ...lookAnew })

// The stored group is read before the waiting changes and those before the positions: a change that a stale writer takes
// off the waiting list in between is then in the positions already.
const stored = node({ step: loadStoredGroup, after: { company }, ...lookAnew })
const standing = node({ step: compareWithStoredStep, after: { company, stored }, ...lookAnew })
const waiting = node({
  step: loadWaitingChanges,
  after: { company, standing },
  when: (known) => known.standing.kind === 'replaceable',
  ...lookAnew,
})
const cache = node({ step: checkCacheStep, after: { company, stored, waiting }, ...lookAnew })

const directory = node({
  step: loadDirectory,
  after: { company, waiting, cache },
  when: (known) => !known.cache.isFresh,
  ...lookAnew,
})
const people = node({ step: loadPeople, after: { company, cache }, when: (known) => known.cache.asksSource })
const identified = node({ step: identifyPeople, after: { company, directory, people }, ...lookAnew })

const folded = node({
  step: foldWaitingChanges,
  after: { company, waiting, directory },
  optional: { people, identified },
  ...lookAnew,
})
const classified = node({ step: classifyTitles, after: { folded }, ...lookAnew })
const ranked = node({ step: assignRoles, after: { folded, classified }, ...lookAnew })
const composed = node({ step: composeBuyerGroup, after: { folded, ranked }, ...lookAnew })

const reused = node({
  step: reuseBuyerGroup,
  after: { stored, cache },
  when: (known) => known.cache.isFresh,
  ...lookAnew,
})
const compared = node({
  step: compareBuyerGroups,
  after: { stored, cache },
  optional: { composed, reused },
  // One of the two is there: which one is what the cache decided.
  input: (known) => ({ ...known, draft: (known.composed ?? known.reused) as Draft }),
  ...lookAnew,
})

const saved = node({ step: saveBuyerGroupStep, after: { company, stored, waiting, compared }, ...lookAnew })
const published = node({
  step: publishRefresh,
  after: { company, standing },
  optional: { waiting, saved },
  when: (known) => groupToPublish(known.standing, known.saved) !== undefined,
  ...lookAnew,
})
const logClosed = node({
  step: closeRefreshLog,
  after: { company, standing, logOpened },
  optional: { cache, saved, published },
  ...lookAnew,
})

/**
 * One refresh of one company's buyer group, from the command to its last record; guarantees.md, "refresher". May be run at
 * any point again, and side by side with another process that handles the same company: what a stale writer does is fenced
 * by the sequence.
 */
export const buyerGroupDiscovery = defineWorkflow({
  name: WORKFLOW_NAME,
  version: WORKFLOW_VERSION,
  input: command,
  steps: [
    company,
    logOpened,
    stored,
    standing,
    waiting,
    cache,
    people,
    directory,
    identified,
    folded,
    classified,
    ranked,
    composed,
    reused,
    compared,
    saved,
    published,
    logClosed,
  ],
  output: logClosed,
  statusOf: ({ outcome }) => (outcome === 'superseded' ? 'superseded' : 'completed'),
  repeat: { while: ({ outcome }) => outcome === 'again', maxRounds: MAX_ROUNDS },
  // Nothing but the answer of a people source is kept of a run, and another version asks it at most once more.
  onVersionChange: { kind: 'restart', from: ['1'] },
})
