/** Lines of a table: left-aligned columns two spaces apart, headings first. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [headings, ...rows]
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** A whole number with its noun: `1 letter`, `2,000 letters`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** To the second, in UTC. */
export function formatTime(at: number | Date): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}
