import { defineStep } from '@buyer-group/pipeline/step.ts'
import { toSighting } from '@buyer-group/rules/folding/waiting-change.ts'
import { readDirectory } from '../directory/read-directory.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Company, Waiting } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/** Reads the people and positions of the local directory that the waiting changes and the group need. */
export const loadDirectory = defineStep({
  name: 'loadDirectory',
  idempotencyKey: stepKey('loadDirectory'),
  retryable: true,
  execute: (
    { company, waiting }: { readonly company: Company; readonly waiting: Waiting },
    { stores }: Pick<RefreshContext, 'stores'>,
  ) => readDirectory(stores, company.command.companyId, waiting.changes.map(toSighting)),
})
