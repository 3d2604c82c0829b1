/** Lines of a table, two spaces between columns: words stand left, numbers right. */
export function alignColumns(rows: readonly (readonly (string | number)[])[]): string[] {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)))
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...texts.map((row) => row[at]?.length ?? 0)))
  const isNumeric = Array.from({ length: columns }, (_, at) => rows.some((row) => typeof row[at] === 'number'))
  return texts.map((row) =>
    row
      .map((cell, at) => (isNumeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
