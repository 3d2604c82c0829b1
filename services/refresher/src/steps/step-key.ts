/** A step of one refresh has one effect, however often it runs. */
export const stepKey =
  (step: string) =>
  ({ refreshId }: { readonly refreshId: string }): string =>
    `${refreshId}:${step}`
