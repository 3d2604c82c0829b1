import { LINKEDIN_SECRET } from '../../test-kit/start-test-ingest.ts'
import { type BadRequest, bad } from '../bad-request.ts'
import { goodEvent, post } from '../raw-request.ts'

/** Signed rightly, a JSON text of its own. */
const body = (
  name: string,
  answer: '400 invalid_event' | '400 unknown_source' | '401 invalid_signature',
  write: (canary: string) => string,
  secret?: string,
) => bad(name, answer, (canary) => post({ canary, body: write(canary), secret }))

/** A good event with more fields, as text, so that keys may come twice. */
const withFields = (canary: string, ...fields: readonly string[]) =>
  `${JSON.stringify(goodEvent(canary)).slice(0, -1)}${fields.map((field) => `,${field}`).join('')}}`

const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)

const invalid = (name: string, ...fields: readonly string[]) =>
  body(name, '400 invalid_event', (canary) => withFields(canary, ...fields))

/** The source is named by a text that only looks like a configured one. */
const lookalike = (name: string, source: string) =>
  body(name, '400 unknown_source', (canary) => JSON.stringify({ ...goodEvent(canary), source }))

export const jsonShapes: readonly BadRequest[] = [
  invalid('lists nested 33 deep', `"note":${nested('[', ']', 32)}`),
  invalid('objects nested 33 deep', `"note":${'{"a":'.repeat(32)}1${'}'.repeat(32)}`),
  invalid('lists nested 100,000 deep', `"note":${nested('[', ']', 100_000)}`),
  invalid('objects nested 30,000 deep', `"note":${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`),
  invalid('depth hidden inside a change', `"changes":{"title":{"old":${nested('[', ']', 40)}}}`),
  invalid('depth hidden inside a person', `"person":{"id":"p","name":"n","note":${nested('[', ']', 40)}}`),
  body('a body that is nothing but 131,000 lists in one another', '400 invalid_event', () => nested('[', ']', 131_000)),
  body('a body of 60,000 empty lists', '400 invalid_event', () => `[${'[],'.repeat(60_000)}[]]`),
  invalid(
    '10,000 changes that are all wrong',
    `"changes":{${Array.from({ length: 10_000 }, (_, index) => `"${index}":0`).join()}}`,
  ),
  invalid('a key with a NUL', `"a\\u0000b":1`),
  invalid('a key with a NUL far inside', `"note":[[{"a":{"\\u0000":1}}]]`),
  invalid("a key that MongoDB's driver takes for a type", `"_bsontype":"ObjectId"`),
  invalid("a key that MongoDB's driver takes for a type far inside", `"note":{"a":[{"_bsontype":"Code","code":"1"}]}`),

  body(
    'an event inside __proto__',
    '400 invalid_event',
    (canary) => `{"__proto__":${JSON.stringify(goodEvent(canary))}}`,
  ),
  body(
    'an event inside constructor.prototype',
    '400 invalid_event',
    (canary) => `{"constructor":{"prototype":${JSON.stringify(goodEvent(canary))}}}`,
  ),
  invalid('a person whose fields are in __proto__', `"person":{"__proto__":{"id":"p","name":"n"}}`),
  invalid('a company whose fields are in __proto__', `"company":{"__proto__":{"id":"c","name":"n"}}`),
  invalid('a person that is called constructor', `"person":"constructor"`),
  body('a source inside __proto__', '400 invalid_event', (canary) => {
    const { source, ...event } = goodEvent(canary)
    return `${JSON.stringify(event).slice(0, -1)},"__proto__":{"source":"${source}"}}`
  }),

  ...['1e999', '-1e999', '-0', '9007199254740993', '1E400', '0.1e-400'].map((number) =>
    invalid(`the number ${number} as id`, `"id":${number}`),
  ),
  ...['1e999', '-0', '9007199254740993'].map((number) =>
    invalid(`the number ${number} as timestamp`, `"timestamp":${number}`),
  ),

  invalid('an id that comes again as a number', '"id":5'),
  invalid('a type that comes again with another kind', '"type":"company.sold"'),
  invalid('a person that comes again without a name', '"person":{"id":"p"}'),
  invalid('an id that comes again under an escaped key', '"\\u0069d":5'),
  body('a source that comes again as one that is not known', '400 unknown_source', (canary) =>
    withFields(canary, '"source":"nobody"'),
  ),
  body('a source that comes again as one with another secret', '401 invalid_signature', (canary) =>
    withFields(canary, '"source":"linkedin"'),
  ),
  body(
    'a source with the right secret before one with another',
    '401 invalid_signature',
    (canary) => `{"source":"linkedin",${JSON.stringify(goodEvent(canary)).slice(1)}`,
    LINKEDIN_SECRET,
  ),
  body('a source with another secret under an escaped key', '401 invalid_signature', (canary) =>
    withFields(canary, '"\\u0073ource":"linkedin"'),
  ),

  lookalike('a source that is not configured', 'nobody'),
  lookalike('a source in another case', 'TEST'),
  lookalike('a source with a blank after it', 'test '),
  lookalike('a source with a zero-width space', 'te\u200bst'),
  lookalike('a source with a Cyrillic letter', 't\u0435st'),
  lookalike('a source in full-width letters', '\uff54\uff45\uff53\uff54'),
  lookalike('a source with a combining mark', 'te\u0301st'),
  lookalike('a source behind a byte order mark', '\ufefftest'),
  lookalike('a source with a colon, as keys are made', 'test:evt'),
  lookalike('a source that is a path', '../test'),
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((name) =>
    lookalike(`a source called ${name}`, name),
  ),
  bad('an event of another source at the address of test', '400 unknown_source', (canary) =>
    post({
      canary,
      startLine: 'POST /api/webhooks/test HTTP/1.1',
      body: JSON.stringify({ ...goodEvent(canary), source: 'nobody' }),
    }),
  ),
  bad("an event of test at linkedin's address, signed for linkedin", '401 invalid_signature', (canary) =>
    post({ canary, startLine: 'POST /api/webhooks/linkedin HTTP/1.1', secret: LINKEDIN_SECRET }),
  ),
]
