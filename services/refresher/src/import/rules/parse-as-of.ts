const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/

/** An event's limit too: nothing may claim to be from further ahead (24 h). */
const MAX_FUTURE_MS = 24 * 60 * 60 * 1_000

/**
 * Reads the time that a directory was true at: an RFC 3339 time with its offset, or a date, which means its first
 * instant in UTC.
 * @throws Error saying what is wrong with it.
 */
export function parseAsOf(text: string, now: Date): Date {
  const date = DATE.exec(text)
  const [, year, month, day] = date ?? RFC_3339.exec(text) ?? []
  const time = Date.parse(date === null ? text : `${text}T00:00:00Z`)
  // Date.parse takes the 30th of February for the 1st of March.
  const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day)
  if (year === undefined || Number.isNaN(time) || !isDay) {
    throw new Error(`"${text}" is no time: write a date (2012-11-09) or an RFC 3339 time (2012-11-09T16:00:00-05:00)`)
  }
  if (time > now.getTime() + MAX_FUTURE_MS) throw new Error(`"${text}" lies in the future`)
  return new Date(time)
}
