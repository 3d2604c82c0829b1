/**
 * Merges streams that are each in the order of their times into one, holding one item of each. A stream that is slightly
 * out of order stays so.
 * @param timeOf milliseconds since the epoch.
 */
export async function* mergeByTime<Item>(
  streams: readonly AsyncIterable<Item>[],
  timeOf: (item: Item) => number,
): AsyncGenerator<Item, void, undefined> {
  const open = streams.map((stream) => stream[Symbol.asyncIterator]())
  try {
    const heads = await Promise.all(open.map(async (iterator) => ({ iterator, result: await iterator.next() })))
    for (;;) {
      let first: (typeof heads)[number] | undefined
      let earliest = Number.POSITIVE_INFINITY
      for (const head of heads) {
        if (head.result.done === true) continue
        const time = timeOf(head.result.value)
        if (first === undefined || time < earliest) [first, earliest] = [head, time]
      }
      if (first === undefined || first.result.done === true) return
      yield first.result.value
      first.result = await first.iterator.next()
    }
  } finally {
    await Promise.all(open.map((iterator) => iterator.return?.()))
  }
}
