/** Takes what gives a resource back, when the resource is made: vitest's onTestFinished, which runs the latest first. */
export type OnEnd = (release: () => Promise<void>) => unknown
