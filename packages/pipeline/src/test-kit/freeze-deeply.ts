/** Freezes a value and all lists and plain objects in it; what else it holds (a Map, a Date) stays as it is. */
export function freezeDeeply(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return
  Object.freeze(value)
  for (const part of Object.values(value)) freezeDeeply(part)
}
