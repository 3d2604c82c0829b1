/** First in, first out, in constant time: an array's own `shift` moves everything behind the first. */
export interface Queue<Item> {
  push(item: Item): void
  /** Takes the first one out. */
  shift(): Item | undefined
  first(): Item | undefined
}

export function createQueue<Item>(): Queue<Item> {
  let items: (Item | undefined)[] = []
  let head = 0
  return {
    push: (item) => {
      items.push(item)
    },
    shift: () => {
      const item = items[head]
      if (head >= items.length) return undefined
      items[head] = undefined
      head += 1
      if (head > 1_024 && head * 2 > items.length) {
        items = items.slice(head)
        head = 0
      }
      return item
    },
    first: () => items[head],
  }
}
