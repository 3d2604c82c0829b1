/** The polynomial of CRC-32C (Castagnoli), reflected (RFC 3720, appendix B.4). */
const POLYNOMIAL = 0x82f63b78

/** Eight tables of 256: what a byte makes of the checksum once so many more bytes have followed it. */
const TABLES = makeTables()

/** CRC-32C of bytes, as an unsigned 32-bit number: eight bytes a step ("slicing by 8"). */
export function crc32c(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const wholeSteps = bytes.length - (bytes.length % 8)
  let crc = -1
  let index = 0
  for (; index < wholeSteps; index += 8) {
    const first = crc ^ view.getInt32(index, true)
    const second = view.getInt32(index + 4, true)
    crc =
      after(7, first & 0xff) ^
      after(6, (first >>> 8) & 0xff) ^
      after(5, (first >>> 16) & 0xff) ^
      after(4, first >>> 24) ^
      after(3, second & 0xff) ^
      after(2, (second >>> 8) & 0xff) ^
      after(1, (second >>> 16) & 0xff) ^
      after(0, second >>> 24)
  }
  for (; index < bytes.length; index += 1) crc = (crc >>> 8) ^ after(0, (crc ^ (bytes[index] as number)) & 0xff)
  return (crc ^ -1) >>> 0
}

const after = (followed: number, byte: number) => TABLES[followed * 256 + byte] as number

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL
    tables[byte] = crc
  }
  for (let index = 256; index < tables.length; index += 1) {
    const shorter = tables[index - 256] as number
    tables[index] = (shorter >>> 8) ^ (tables[shorter & 0xff] as number)
  }
  return tables
}
