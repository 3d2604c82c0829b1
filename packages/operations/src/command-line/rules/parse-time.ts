const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/
const AGO = /^(\d{1,6})([smhd])$/
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Reads a time: an RFC 3339 time with its offset, a date (its first instant in UTC), or how long ago (30m, 2h, 7d).
 * @throws Error saying what is wrong with it.
 */
export function parseTime(text: string, now: Date): Date {
  const [, amount, unit = ''] = AGO.exec(text) ?? []
  if (amount !== undefined) return new Date(now.getTime() - Number(amount) * (UNIT_MS[unit] ?? 0))
  const date = DATE.exec(text)
  const [, year, month, day] = date ?? RFC_3339.exec(text) ?? []
  const time = Date.parse(date === null ? text : `${text}T00:00:00Z`)
  // Date.parse takes the 30th of February for the 1st of March.
  const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day)
  if (year !== undefined && !Number.isNaN(time) && isDay) return new Date(time)
  throw new Error(
    `"${text}" is no time: write how long ago (30m, 2h, 7d), a date (2026-11-09) or an RFC 3339 time (2026-11-09T16:00:00Z)`,
  )
}
