/**
 * Random early detection (Floyd and Jacobson, 1993): what is too much is refused in growing part, long before all of it
 * would have to be, so that load finds a level instead of swinging between all and nothing. Pure.
 */

/** From where to where a measure is too much, and the part that is refused at the end. */
export interface DropRange {
  readonly from: number
  readonly to: number
  readonly most: number
}

/** The probability that a request is refused at this measure: 0 up to `from`, rising evenly to `most` at `to`. */
export function dropProbability(measure: number, { from, to, most }: DropRange): number {
  if (measure <= from) return 0
  return measure >= to ? most : (most * (measure - from)) / (to - from)
}

/** How much one sample moves the average. */
const WEIGHT = 0.2

/**
 * The average after one more sample, each weighing less the older it is. A sample counts for `cap` at most: one long pause
 * (of the garbage collector, of a machine that was suspended) is no overload, a row of them is.
 */
export function smooth(average: number, sample: number, cap: number): number {
  return average + WEIGHT * (Math.min(sample, cap) - average)
}
