import { defineStep } from '@buyer-group/pipeline/step.ts'
import { foldChanges } from '@buyer-group/rules/folding/fold-changes.ts'
import { sourceIdOf, toPositionChanges } from '@buyer-group/rules/folding/waiting-change.ts'
import type { Directory, Folded } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/** Folds the waiting changes over the company's positions. Pure. */
export const foldWaitingChanges = defineStep({
  name: 'foldWaitingChanges',
  idempotencyKey: stepKey('foldWaitingChanges'),
  retryable: true,
  execute: (directory: Directory): Folded => {
    const { changes, personIds, positions, command } = directory
    const positionChanges = changes.flatMap((change) => {
      const personId = personIds.get(sourceIdOf(change.event))
      return personId === undefined ? [] : toPositionChanges(change, command.companyId, personId)
    })
    return { ...directory, folded: foldChanges(positions, positionChanges) }
  },
})
