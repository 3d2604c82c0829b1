/** Something before and after one @, no spaces: keeps placeholders such as `n/a` from making strangers one person. */
const ADDRESS = /^[^\s@]+@[^\s@]+$/

/** The form in which addresses are stored and compared: trimmed, NFC, lower case. Null where the text is no address. */
export function normaliseEmail(email: string | null | undefined): string | null {
  const address = email?.trim().normalize('NFC').toLowerCase() ?? ''
  return ADDRESS.test(address) ? address : null
}
