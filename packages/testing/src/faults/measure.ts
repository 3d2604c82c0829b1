/** Milliseconds until a promise resolves. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** Prints a figure of a test for people: never asserted tightly, for the machine may be slow. */
export function printFigure(title: string, figures: Readonly<Record<string, number>>): void {
  const words = Object.entries(figures).map(([what, ms]) => `${what} ${(ms / 1_000).toFixed(1)} s`)
  console.log(`${title}: ${words.join(', ')}`)
}
