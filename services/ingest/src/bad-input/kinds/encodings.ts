import { gzipSync } from 'node:zlib'
import { type BadRequest, type Bytes, bad } from '../bad-request.ts'
import { goodEvent, post } from '../raw-request.ts'

/** A body that is signed rightly and is no JSON in UTF-8. */
const malformed = (name: string, write: (json: string, canary: string) => Bytes) =>
  bad(name, '400 malformed_json', (canary) => post({ canary, body: write(JSON.stringify(goodEvent(canary)), canary) }))

/** The event with these bytes inside the text of a field that is kept as it comes. */
const holding = (name: string, ...bytes: number[]) =>
  malformed(name, (json) =>
    Buffer.concat([Buffer.from(`${json.slice(0, -1)},"note":"`), Buffer.from(bytes), Buffer.from('"}')]),
  )

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()
const utf32le = (text: string) => Buffer.from([...text].flatMap((letter) => [letter.codePointAt(0) ?? 0, 0, 0, 0]))

export const encodings: readonly BadRequest[] = [
  malformed('an empty body', () => ''),
  malformed('a body of blanks', () => ' \r\n\t'),
  malformed('a byte order mark before the JSON', (json) => `\ufeff${json}`),
  malformed('UTF-16 with its byte order mark', (json) => Buffer.from(`\ufeff${json}`, 'utf16le')),
  malformed('UTF-16, little end first', (json) => Buffer.from(json, 'utf16le')),
  malformed('UTF-16, big end first', utf16be),
  malformed('UTF-32', utf32le),
  holding('a letter of Latin-1', 0xe9),
  holding('curly quotes of Windows-1252', 0x93, 0x94),
  holding('a lone continuation byte', 0x80),
  holding('a character cut off after one byte', 0xc3),
  holding('a character cut off after two bytes', 0xe2, 0x82),
  holding('a character cut off after three bytes', 0xf0, 0x9f, 0x98),
  holding('a slash in an overlong form of two bytes', 0xc0, 0xaf),
  holding('a slash in an overlong form of three bytes', 0xe0, 0x80, 0xaf),
  holding('a slash in an overlong form of four bytes', 0xf0, 0x80, 0x80, 0xaf),
  holding('a quote in an overlong form', 0xc0, 0xa2),
  holding('the NUL of modified UTF-8', 0xc0, 0x80),
  holding('half a surrogate pair in UTF-8', 0xed, 0xa0, 0x80),
  holding('a surrogate pair in UTF-8, as CESU-8 writes it', 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80),
  holding('a character beyond the last one', 0xf4, 0x90, 0x80, 0x80),
  holding('a form of five bytes', 0xf8, 0x88, 0x80, 0x80, 0x80),
  holding('a form of six bytes', 0xfc, 0x84, 0x80, 0x80, 0x80, 0x80),
  holding('the byte FE', 0xfe),
  holding('the byte FF', 0xff),
  holding('a NUL inside a text', 0x00),
  holding('a line feed inside a text', 0x0a),
  holding('a tab inside a text', 0x09),
  holding('an escape character inside a text', 0x1b),

  malformed('a NUL after the JSON', (json) => `${json}\0`),
  malformed('a NUL before the JSON', (json) => `\0${json}`),
  malformed('a no-break space before the JSON', (json) => `\u00a0${json}`),
  malformed('a vertical tab after the JSON', (json) => `${json}\v`),
  malformed('two values', (json) => json + json),
  malformed('JSON Lines', (json) => `${json}\n${json}\n`),
  malformed('a text sequence of RFC 7464', (json) => `\x1e${json}\n`),
  malformed('a last brace missing', (json) => json.slice(0, -1)),
  malformed('a last brace too many', (json) => `${json}}`),
  malformed('the first half', (json) => json.slice(0, json.length / 2)),
  malformed('a list that is never closed', (json) => `[${json},`),
  malformed('a trailing comma', (json) => `${json.slice(0, -1)},}`),
  malformed('a missing comma', (json) => json.replace(',', ' ')),
  malformed('a missing colon', (json) => json.replace(':', ' ')),
  malformed('a key without quotes', (json) => json.replace('"id"', 'id')),
  malformed('single quotes', (json) => json.replaceAll('"', "'")),
  malformed('curly quotes', (json) => json.replaceAll('"', '\u201c')),
  malformed('a comment', (json) => `/* event */${json}`),
  malformed('a comment line', (json) => `// event\n${json}`),
  malformed('a prefix against hijacking', (json) => `)]}',\n${json}`),
  malformed('a call of JSONP', (json) => `callback(${json})`),
  malformed('an assignment', (json) => `event = ${json};`),
  malformed('an escape by \\x', (json) => json.replace('evt', '\\x41')),
  malformed('an escape by an octal number', (json) => json.replace('evt', '\\101')),
  malformed('an escape of three digits', (json) => json.replace('evt', '\\u004"')),
  malformed('a backslash at the end of a text', (json) => `${json.slice(0, -1)},"note":"\\"}`),
  ...[
    'NaN',
    'Infinity',
    '-Infinity',
    'undefined',
    'True',
    'None',
    '+1',
    '01',
    '.5',
    '1.',
    '0x10',
    '1_000',
    '1e',
    '--1',
    '10n',
    'new Date()',
  ].map((value) => malformed(`the value ${value}`, (json) => `${json.slice(0, -1)},"note":${value}}`)),
  malformed('a form', (_json, canary) => `id=${canary}&source=test`),
  malformed('XML', (_json, canary) => `<?xml version="1.0"?><event id="${canary}"/>`),
  malformed('an XML bomb', (_json, canary) => `<!DOCTYPE a [<!ENTITY b "${canary}"><!ENTITY c "&b;&b;">]><a>&c;</a>`),
  malformed('YAML', (_json, canary) => `id: ${canary}\nsource: test\n`),
  malformed('text', (_json, canary) => canary),
  malformed('JSON in base64', (json) => Buffer.from(json).toString('base64')),
  malformed('JSON in percent-encoding', (json) => encodeURIComponent(json)),
  malformed('gzip that is not announced', (json) => gzipSync(json)),
  malformed('MessagePack', (_json, canary) =>
    Buffer.concat([Buffer.from([0x81, 0xa2, 0x69, 0x64, 0xd9, canary.length]), Buffer.from(canary)]),
  ),
  malformed('BSON', (_json, canary) =>
    Buffer.concat([
      Buffer.from([canary.length + 14, 0, 0, 0, 2, 0x69, 0x64, 0, canary.length + 1, 0, 0, 0]),
      Buffer.from(`${canary}\0\0`),
    ]),
  ),
]
