import { defineStep } from '@buyer-group/pipeline/step.ts'
import { sourcedPersonSchema } from '@buyer-group/rules/folding/sourced-person.ts'
import { z } from 'zod'
import type { RefreshContext } from '../refresh-context.ts'
import type { Company } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/**
 * Asks the configured people source who works at the company; nobody where there is none. What it answered is stored with
 * the run, so that a refresh that is cut off, or computed again because the group moved, never asks twice.
 */
export const loadPeople = defineStep({
  name: 'loadPeople',
  idempotencyKey: stepKey('loadPeople'),
  retryable: true,
  output: z.array(sourcedPersonSchema),
  execute: async (
    { company }: { readonly company: Company },
    { peopleSource }: Pick<RefreshContext, 'peopleSource'>,
    { signal, idempotencyKey },
  ) => {
    if (peopleSource === null) return []
    const { companyId, companyName } = company.command
    return [...(await peopleSource.findPeople({ companyId, companyName }, { signal, idempotencyKey }))]
  },
})
