import { AppError } from '@buyer-group/shared/errors/app-error.ts'
import type { StepFailure } from './step-failure.ts'
import type { StepRecord } from './step-record.ts'

export { type StepFailure, toStepFailure } from './step-failure.ts'

/** A step failed. Code and fate are its cause's; the records tell how far the sequence or the run came. */
export class StepError extends AppError {
  readonly step: string
  /** The node that executed it, of a fan-out with the item's place, such as `enrich[3]`; in a sequence the step's name. */
  readonly node: string
  /** Everything that ended up to then, in that order. */
  readonly records: readonly StepRecord[]

  constructor(
    step: string,
    failure: StepFailure,
    records: readonly StepRecord[],
    cause: unknown,
    { node = step }: { readonly node?: string } = {},
  ) {
    const where = node === step ? `step "${step}"` : `step "${step}" of node "${node}"`
    super(`${where} failed: ${failure.message}`, { code: failure.code, fate: failure.fate, cause })
    this.name = 'StepError'
    this.step = step
    this.node = node
    this.records = records
  }
}
