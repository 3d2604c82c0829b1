import { timingSafeEqual } from 'node:crypto'

/**
 * Whether a header is exactly the text that was computed. Texts are compared rather than decoded bytes, so that each
 * signature has one form. The time taken tells the length alone, which is no secret.
 */
export function equalInConstantTime(given: string, computed: string): boolean {
  const left = Buffer.from(given)
  const right = Buffer.from(computed)
  return left.length === right.length && timingSafeEqual(left, right)
}
