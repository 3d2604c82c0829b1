import { type Columns, FIELDS, type Field } from './directory-row.ts'

/**
 * Headers under which CRMs export each field, most telling first; compared without case, spaces and punctuation.
 * Salesforce: contact reports and Data Loader. HubSpot: contact exports.
 */
const HEADERS: Readonly<Record<Field, readonly string[]>> = {
  companyId: [
    'companyid',
    'accountid18',
    'accountid',
    'associatedcompanyidsprimary',
    'primaryassociatedcompanyid',
    'associatedcompanyid',
  ],
  personId: ['personid', 'contactid18', 'contactid', 'recordidcontact', 'recordid', 'id'],
  name: ['name', 'fullname', 'contactname', 'personname'],
  firstName: ['firstname'],
  lastName: ['lastname'],
  title: ['title', 'jobtitle'],
  email: ['email', 'emailaddress', 'workemail'],
  department: ['department'],
}

/** Chooses the column of each field among those that are there; `mapping` goes before the known headers. */
export function chooseColumns(available: readonly string[], mapping: Columns): Columns {
  const byHeader = new Map<string, string>()
  for (const column of available) {
    const header = normalise(column)
    if (!byHeader.has(header)) byHeader.set(header, column)
  }
  const chosen = FIELDS.flatMap((field) => {
    const column =
      mapping[field] ?? HEADERS[field].map((header) => byHeader.get(header)).find((name) => name !== undefined)
    return column === undefined ? [] : [[field, column] as const]
  })
  return Object.fromEntries(chosen)
}

/** What keeps a whole file with these columns from being read, in one sentence; undefined when nothing does. */
export function findColumnProblem(available: readonly string[], columns: Columns): string | undefined {
  const absent = Object.entries(columns).find(([, column]) => !available.includes(column))
  if (absent !== undefined) return `there is no column "${absent[1]}", which --map names for ${absent[0]}`
  const hasName = columns.name !== undefined || columns.firstName !== undefined || columns.lastName !== undefined
  const missing = [
    ...(['companyId', 'personId', 'title'] as const).filter((field) => columns[field] === undefined),
    ...(hasName ? [] : ['name']),
  ]
  if (missing.length === 0) return undefined
  return `no column is known for ${missing.join(', ')}; the columns are ${available.join(', ')}: name one with --map ${missing[0]}=COLUMN`
}

const normalise = (header: string) => header.toLowerCase().replace(/[^a-z0-9]/g, '')
