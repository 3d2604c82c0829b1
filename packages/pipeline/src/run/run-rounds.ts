import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { AnyWorkflow } from '../workflow/define-workflow.ts'
import { GraphRun } from './graph-run.ts'
import { SKIPPED } from './node-values.ts'
import type { RunScope } from './run-scope.ts'

/**
 * Walks a workflow's nodes, once more for as long as its definition says so: the last walk's output.
 * @throws what stopped a walk; AppError `workflow_without_output` (permanent), `rounds_exhausted` (retryable).
 */
export async function runRounds(scope: RunScope, workflow: AnyWorkflow, input: unknown): Promise<unknown> {
  const { name, plan, output, concurrency, repeat } = workflow
  for (let round = 1; ; round += 1) {
    const result = await new GraphRun(scope, plan, input, concurrency).run()
    if (result === SKIPPED) {
      const words = `workflow "${name}" ended without an output, because its last node "${output.name}" was skipped`
      throw new AppError(`${words}; let that node join the branches by optional dependencies and take no condition`, {
        code: 'workflow_without_output',
        fate: 'permanent',
      })
    }
    if (repeat === undefined || !repeat.while(result as never)) return result
    if (round >= repeat.maxRounds) {
      throw new AppError(`workflow "${name}" was still to be repeated after ${round} rounds; try it again later`, {
        code: 'rounds_exhausted',
        fate: 'retryable',
      })
    }
    scope.round = round + 1
    if (scope.isObserved) scope.tell({ kind: 'run_repeated' })
  }
}
