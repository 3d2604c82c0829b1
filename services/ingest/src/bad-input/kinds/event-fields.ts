import { type BadRequest, bad } from '../bad-request.ts'
import { goodEvent, post } from '../raw-request.ts'

/** A good event with another value at a path; `MISSING` takes the field out. */
function changed(event: unknown, path: string, value: unknown): unknown {
  const [field = '', ...rest] = path.split('.')
  const object = event as Record<string, unknown>
  const { [field]: old, ...others } = object
  if (rest.length > 0) return { ...others, [field]: changed(old ?? {}, rest.join('.'), value) }
  return value === MISSING ? others : { ...others, [field]: value }
}

const MISSING = Symbol('missing')

/** Signed rightly; the answer must name the field. */
const wrong = (path: string, values: Readonly<Record<string, unknown>>, issue = path) =>
  Object.entries(values).map(([what, value]) =>
    bad(
      `${path} is ${what}`,
      '400 invalid_event',
      (canary) => post({ canary, body: JSON.stringify(changed(goodEvent(canary), path, value)) }),
      { issue },
    ),
  )

const NO_TEXT = {
  'a number': 5,
  true: true,
  'a list': ['text'],
  'an object': { text: 'text' },
} as const

const REQUIRED = { missing: MISSING, null: null } as const

const ID = {
  ...REQUIRED,
  ...NO_TEXT,
  empty: '',
  'of 257 characters': 'i'.repeat(257),
  'with a NUL': 'a\0b',
  'with a line feed': 'a\nb',
  'with the delete character': 'a\u007fb',
  'half a surrogate pair': 'a\ud83d',
  'the other half of a surrogate pair': '\ude00a',
} as const

const NO_OBJECT = { 'a number': 5, 'a text': 'text', true: true, 'a list': [] } as const
const TOO_LONG = { 'of 2,001 characters': 't'.repeat(2_001) } as const
const OPTIONAL_TEXT = { ...NO_TEXT, ...TOO_LONG } as const

/** The whole body is a value that is no object. */
const bodies = [null, true, 5, 'text', [], [[]]].map((value) =>
  bad(`the body is ${JSON.stringify(value)}`, '400 invalid_event', (canary) =>
    post({ canary, body: JSON.stringify(value) }),
  ),
)

export const eventFields: readonly BadRequest[] = [
  ...bodies,
  bad('the body is a list of events', '400 invalid_event', (canary) =>
    post({ canary, body: JSON.stringify([goodEvent(canary)]) }),
  ),
  bad('the body is an empty object', '400 invalid_event', (canary) => post({ canary, body: '{}' })),
  bad('the event is inside an envelope', '400 invalid_event', (canary) =>
    post({ canary, body: JSON.stringify({ data: goodEvent(canary) }) }),
  ),
  bad('the event is a text of JSON', '400 invalid_event', (canary) =>
    post({ canary, body: JSON.stringify(JSON.stringify(goodEvent(canary))) }),
  ),
  ...wrong('id', ID),
  ...wrong('source', ID),
  ...wrong('type', {
    ...REQUIRED,
    ...NO_TEXT,
    empty: '',
    'of 129 characters': `person.${'t'.repeat(122)}`,
    'the prefix alone': 'person.',
    'without its prefix': 'promotion',
    'of another kind': 'company.sold',
    'in another case': 'Person.promotion',
    'a blank before it': ' person.promotion',
    'a blank inside it': 'person.pro motion',
    'a line feed after it': 'person.promotion\n',
    'with a NUL': 'person.promotion\0',
    'with a zero-width space': 'person.pro\u200bmotion',
    'with an override of direction': 'person.\u202epromotion',
    'with a no-break space': 'person.pro\u00a0motion',
    'half a surrogate pair': 'person.\ud83d',
  }),
  ...wrong('timestamp', {
    ...REQUIRED,
    ...NO_TEXT,
    empty: '',
    milliseconds: Date.UTC(2026, 0, 15),
    'milliseconds as text': '1768467000000',
    'a date alone': '2026-01-15',
    'without seconds': '2026-01-15T09:30Z',
    'without a zone': '2026-01-15T09:30:00',
    'with the name of a zone': '2026-01-15T09:30:00 CET',
    'with a zone beyond a day': '2026-01-15T09:30:00+24:00',
    'with a blank for the T': '2026-01-15 09:30:00Z',
    'in lower case': '2026-01-15t09:30:00z',
    'as HTTP writes dates': 'Thu, 15 Jan 2026 09:30:00 GMT',
    'as Americans write dates': '01/15/2026 09:30:00',
    'the 30th of February': '2026-02-30T09:30:00Z',
    'the 29th of February of another year': '2026-02-29T09:30:00Z',
    'in month 13': '2026-13-01T09:30:00Z',
    'in month 0': '2026-00-01T09:30:00Z',
    'at 24:00': '2026-01-15T24:00:00Z',
    'at minute 60': '2026-01-15T09:60:00Z',
    'in a leap second': '2026-06-30T23:59:60Z',
    'in the year 10000': '10000-01-15T09:30:00Z',
    'in a year with a sign': '+002026-01-15T09:30:00Z',
    'in a week': '2026-W03-4T09:30:00Z',
    'in words': 'yesterday',
    'with something after it': '2026-01-15T09:30:00Z!',
    'with a line feed after it': '2026-01-15T09:30:00Z\n',
    'in full-width digits': '２０２６-01-15T09:30:00Z',
    'before the year 0 by its zone': '0000-01-01T00:00:00+14:00',
    'two days ahead': new Date(Date.now() + 2 * 86_400_000).toISOString(),
    'in the year 9999': '9999-12-31T23:59:59Z',
  }),
  ...wrong('person', { ...REQUIRED, ...NO_OBJECT }),
  ...wrong('person.id', ID),
  ...wrong('person.name', { ...REQUIRED, ...NO_TEXT, ...TOO_LONG, empty: '' }),
  ...wrong('person.email', { ...NO_TEXT, 'of 321 characters': `${'e'.repeat(309)}@example.com` }),
  ...wrong('person.oldTitle', OPTIONAL_TEXT),
  ...wrong('person.newTitle', OPTIONAL_TEXT),
  ...wrong('person.department', OPTIONAL_TEXT),
  ...wrong('company', { ...REQUIRED, ...NO_OBJECT }),
  ...wrong('company.id', ID),
  ...wrong('company.name', { ...REQUIRED, ...NO_TEXT, ...TOO_LONG }),
  ...wrong('changes', { ...REQUIRED, ...NO_OBJECT }),
  ...wrong('changes.title', { ...NO_OBJECT, null: null }),
  ...wrong('changes.title.new', NO_TEXT),
  ...wrong('changes.company', { ...NO_OBJECT, null: null }),
  ...(['old', 'new'] as const).flatMap((side) =>
    wrong(
      `changes.company.${side}`,
      {
        'a number': 5,
        true: true,
        'a list': ['acme'],
        'an object without an id': { name: 'Acme' },
        'an object with a number for its id': { id: 5 },
        'an object with an empty id': { id: '' },
        'an object with a NUL in its id': { id: 'a\0' },
        'an object with a number for its name': { id: 'acme', name: 5 },
        ...TOO_LONG,
      },
      `changes.company.${side}`,
    ),
  ),
]
