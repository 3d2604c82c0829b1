/**
 * How many documents one update statement gives values of their own. The database goes through the list for every document
 * (measured: 100 cost half of 1,000), and every statement has a price too, so it is neither one nor all.
 */
export const LOOKED_UP_AT_ONCE = 100

/**
 * The value that belongs to a document in an update of many: an update pipeline's expression that finds the value of
 * `path` (of several paths, a list of theirs) among `keys` and takes what stands at the same place in `values`; the last
 * one where it is not among them. One statement for a hundred documents costs the database a third of a hundred statements.
 * Both lists go in as `$literal`: the database would take a text that starts with `$` for a field's path.
 */
export function lookUp(
  path: string | readonly string[],
  keys: readonly unknown[],
  values: readonly unknown[],
): Record<string, unknown> {
  return { $arrayElemAt: [{ $literal: values }, { $indexOfArray: [{ $literal: keys }, path] }] }
}

/** Cuts what one command updates into statements. */
export function inStatements<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / LOOKED_UP_AT_ONCE) }, (_, index) =>
    items.slice(index * LOOKED_UP_AT_ONCE, (index + 1) * LOOKED_UP_AT_ONCE),
  )
}
