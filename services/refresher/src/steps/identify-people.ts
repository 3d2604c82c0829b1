import { defineStep } from '@buyer-group/pipeline/step.ts'
import { sightingsOfRows } from '@buyer-group/rules/folding/sourced-people.ts'
import type { SourcedPerson } from '@buyer-group/rules/folding/sourced-person.ts'
import { readDirectory } from '../directory/read-directory.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Company, Directory } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

interface ToIdentify {
  readonly company: Company
  readonly directory: Directory
  readonly people: readonly SourcedPerson[]
}

/** Finds out who the people are that the remote source named, and where they stand at the company by now. */
export const identifyPeople = defineStep({
  name: 'identifyPeople',
  idempotencyKey: stepKey('identifyPeople'),
  retryable: true,
  execute: ({ company, directory, people }: ToIdentify, { stores }: Pick<RefreshContext, 'stores'>) => {
    const sightings = [...directory.sightings, ...sightingsOfRows(people)]
    return readDirectory(stores, company.command.companyId, sightings, directory)
  },
})
