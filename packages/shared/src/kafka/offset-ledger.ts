/**
 * Which offsets of one partition were handed out and which are finished. What may be committed is the offset after
 * the highest finished one below which nothing is unfinished (guarantees.md, I4). Offsets stay below 2^53.
 */
export class OffsetLedger {
  /** Handed out, in rising order; finished ones are dropped from the front. */
  readonly #handedOut: number[] = []
  readonly #finished = new Set<number>()
  #front = 0
  #committable: number | undefined

  /** Notes an offset as handed out. Offsets come in rising order. */
  handOut(offset: number): void {
    this.#handedOut.push(offset)
  }

  /** Notes an offset as finished, in any order. */
  finish(offset: number): void {
    let next = this.#handedOut[this.#front]
    if (next !== offset) {
      this.#finished.add(offset)
      return
    }
    this.#committable = next + 1
    this.#front += 1
    next = this.#handedOut[this.#front]
    while (next !== undefined && this.#finished.delete(next)) {
      this.#committable = next + 1
      this.#front += 1
      next = this.#handedOut[this.#front]
    }
    if (this.#front > 1_024) this.#compact()
  }

  /** The offset to commit (the next one to read), or undefined while nothing contiguous is finished. */
  get committable(): number | undefined {
    return this.#committable
  }

  get unfinished(): number {
    return this.#handedOut.length - this.#front - this.#finished.size
  }

  /** Offsets handed out from the first unfinished one on, finished or not. */
  get span(): number {
    return this.#handedOut.length - this.#front
  }

  #compact(): void {
    this.#handedOut.splice(0, this.#front)
    this.#front = 0
  }
}
