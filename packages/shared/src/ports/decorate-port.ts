/** Does something around one call of a port's method: guards it, measures it, lets a test fail it. */
export type Around = <Result>(method: string, call: () => Promise<Result>) => Promise<Result>

type Method = (...args: readonly unknown[]) => Promise<unknown>

/** The same port (an object of asynchronous methods) with `around` put round every call. Other properties stay. */
export function decoratePort<Port extends object>(port: Port, around: Around): Port {
  const entries = Object.entries(port).map(([name, member]) => {
    if (typeof member !== 'function') return [name, member] as const
    const method = member as Method
    return [name, (...args: readonly unknown[]) => around(name, () => method.apply(port, [...args]))] as const
  })
  return Object.fromEntries(entries) as Port
}
