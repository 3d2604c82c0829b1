import { defineStep } from '@buyer-group/pipeline/step.ts'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import { refreshIdOf } from '../refresh-id.ts'
import type { Company } from '../refresh-state.ts'
import { findCommandProblem } from '../rules/find-command-problem.ts'

/** Refuses a command that no detector can have written: AppError `invalid_command` (permanent). Pure. */
export const validateCompanyInput = defineStep({
  name: 'validateCompanyInput',
  idempotencyKey: ({ commandId }: RefreshCommand) => refreshIdOf(commandId),
  retryable: true,
  execute: (command: RefreshCommand): Company => {
    const problem = findCommandProblem(command)
    if (problem === undefined) return { command, refreshId: refreshIdOf(command.commandId) }
    throw new AppError(`the refresh command cannot be run: ${problem}`, { code: 'invalid_command', fate: 'permanent' })
  },
})
