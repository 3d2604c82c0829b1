/**
 * What keeps an address from being a people source's base URL; undefined where nothing does. Plain HTTP would show the
 * token and people to whoever listens, so it is for this machine alone.
 */
export function findUrlProblem(text: string): string | undefined {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return 'expected an https:// address'
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return 'expected https:// (http:// only on loopback)'
  if (url.username !== '' || url.password !== '') return 'expected no credentials in it, use PEOPLE_SOURCE_TOKEN'
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) return 'expected no query and no fragment'
  return undefined
}

/** URL parsing has brought every way to write an IPv4 address into one form. */
const isLoopback = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
