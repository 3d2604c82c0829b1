import { defineStep } from '@buyer-group/pipeline/step.ts'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { RefreshCommand } from '@buyer-group/shared/messages/messages.ts'
import { findCommandProblem } from '../rules/find-command-problem.ts'

export interface CompanyInput {
  readonly refreshId: string
  readonly command: RefreshCommand
  /** The message's key. */
  readonly key: string | undefined
}

/** Refuses a command that no detector can have written: AppError `invalid_command` (permanent). */
export const validateCompanyInput = defineStep({
  name: 'validateCompanyInput',
  idempotencyKey: ({ refreshId }: CompanyInput) => `${refreshId}:validateCompanyInput`,
  retryable: false,
  execute: ({ command, refreshId, key }: CompanyInput) => {
    const problem = findCommandProblem(command, key)
    if (problem === undefined) return { command, refreshId }
    throw new AppError(`the refresh command cannot be run: ${problem}`, { code: 'invalid_command', fate: 'permanent' })
  },
})
