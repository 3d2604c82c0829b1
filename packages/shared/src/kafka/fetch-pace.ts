/**
 * A rest after each fetch that brought something, so that busy topics are read in fewer and larger pieces: a fetch
 * answered by the first message that arrives costs the broker and us as much as one that brings hundreds. An idle
 * consumer's fetch stands open at the broker, so that a message after a quiet time waits for nothing.
 *
 * kafkajs fetches again once every callback of the last fetch has returned; all those that call this within one rest
 * share it.
 * @param restMs milliseconds from the first call to the next fetch.
 */
export function createFetchPace(restMs: number): () => Promise<void> {
  let resting: Promise<void> | undefined
  return () => {
    resting ??= new Promise((resolve) => {
      setTimeout(() => {
        resting = undefined
        resolve()
      }, restMs)
    })
    return resting
  }
}
