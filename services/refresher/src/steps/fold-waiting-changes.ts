import { defineStep } from '@buyer-group/pipeline/step.ts'
import { foldChanges } from '@buyer-group/rules/folding/fold-changes.ts'
import { positionChangesOfRows } from '@buyer-group/rules/folding/sourced-people.ts'
import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'
import { sourceIdOf, toPositionChanges } from '@buyer-group/rules/folding/waiting-change.ts'
import type { Company, Directory, Folded, Waiting } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

interface ToFold {
  readonly company: Company
  readonly waiting: Waiting
  readonly directory: Directory
  /** What a remote people source named, and the directory as it was read for these people as well. */
  readonly people: readonly SourcedPerson[] | undefined
  readonly identified: Directory | undefined
}

/**
 * Folds the waiting changes, and the rows of a remote people source, over the company's positions: last writer wins by the
 * change's time, field by field, in whatever order they come. Pure.
 */
export const foldWaitingChanges = defineStep({
  name: 'foldWaitingChanges',
  idempotencyKey: stepKey('foldWaitingChanges'),
  retryable: true,
  execute: ({ company, waiting, directory: loaded, people = [], identified }: ToFold): Folded => {
    const directory = identified ?? loaded
    const { personIds, positions } = directory
    const { companyId } = company.command
    const changes = waiting.changes.flatMap((change) => {
      const personId = personIds.get(sourceIdOf(change.event))
      return personId === undefined ? [] : toPositionChanges(change, companyId, personId)
    })
    const rows = positionChangesOfRows(people, companyId, personIds)
    return { directory, folded: foldChanges(positions, [...changes, ...rows]) }
  },
})
