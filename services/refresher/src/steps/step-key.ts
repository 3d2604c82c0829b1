import type { Company } from '../refresh-state.ts'

/** A step of one refresh has one effect, however often it runs. */
export const stepKey =
  (step: string) =>
  ({ company }: { readonly company: Company }): string =>
    `${company.refreshId}:${step}`

/** Of a pure step: it has no effect that a second execution could double. */
export const noEffect = (): string => 'no effect'
