/** The years 0 to 9999, in milliseconds since the epoch: what ISO 8601 writes with four digits. */
const EARLIEST = -62_167_219_200_000
const LATEST = 253_402_300_799_999

/** Can this number of milliseconds since the epoch be a date that we store and show? */
export function isStorableTime(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms >= EARLIEST && ms <= LATEST
}
