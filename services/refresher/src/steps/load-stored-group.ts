import { defineStep } from '@buyer-group/pipeline/step.ts'
import type { RefreshContext } from '../refresh-context.ts'
import type { Standing } from '../refresh-state.ts'
import { stepKey } from './step-key.ts'

/** Reads the company's group as it is stored, before anything else is read. One shared round trip. */
export const loadStoredGroup = defineStep({
  name: 'loadStoredGroup',
  idempotencyKey: stepKey('loadStoredGroup'),
  retryable: true,
  execute: async (
    { command, refreshId }: Pick<Standing, 'command' | 'refreshId'>,
    { stores }: Pick<RefreshContext, 'stores'>,
  ): Promise<Standing> => {
    return { command, refreshId, stored: await stores.groups.find(command.companyId) }
  },
})
