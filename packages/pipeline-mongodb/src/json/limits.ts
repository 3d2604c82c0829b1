import { Buffer } from 'node:buffer'
import { AppError } from '@buyer-group/shared/errors/app-error.ts'

/**
 * MongoDB takes documents of up to 16 MiB. A run's record holds its input and its output, either maybe as text and as a
 * document, and its steps; these limits, in bytes of UTF-8, keep the largest one below that.
 */
const MAX_INPUT_BYTES = 2 * 1_024 * 1_024
export const MAX_OUTPUT_BYTES = 4 * 1_024 * 1_024

/** @throws AppError `input_too_large` (permanent). */
export function checkInputSize(input: string, run: string): void {
  checkSize(input, MAX_INPUT_BYTES, 'input_too_large', `the input of run ${run}`)
}

/** @throws AppError `output_too_large` (permanent). */
export function checkOutputSize(output: string, whose: string): void {
  checkSize(output, MAX_OUTPUT_BYTES, 'output_too_large', `the output of ${whose}`)
}

function checkSize(text: string, max: number, code: string, what: string): void {
  const bytes = Buffer.byteLength(text)
  if (bytes <= max) return
  throw new AppError(
    `${what} has ${bytes} bytes of JSON, and at most ${max} are stored; put it elsewhere and hand on where it is`,
    { code, fate: 'permanent' },
  )
}
