/** Takes what gives a resource back: vitest's onTestFinished, or a list that afterAll goes through from its end. */
export type OnEnd = (release: () => Promise<void>) => unknown

/** Releases for a whole file: `onEnd` collects them, `release` (for afterAll) runs them, the latest first. */
export function collectReleases(): { readonly onEnd: OnEnd; release(): Promise<void> } {
  const releases: (() => Promise<void>)[] = []
  return {
    onEnd: (release) => releases.push(release),
    release: async () => {
      for (const release of releases.reverse()) await release()
    },
  }
}
