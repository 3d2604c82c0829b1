/** What `promise` resolves to, or what `onTimeout` returns where it takes longer than `ms`. `promise` never rejects. */
export function withinTime<Value>(promise: Promise<Value>, ms: number, onTimeout: () => Value): Promise<Value> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(onTimeout()), ms)
    void promise.then((value) => {
      clearTimeout(timer)
      resolve(value)
    })
  })
}
