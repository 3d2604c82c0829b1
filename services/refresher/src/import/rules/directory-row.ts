/** One person's place at one company, as a directory file says it. */
export interface DirectoryRow {
  readonly companyId: string
  /** The provider's id of the person. */
  readonly personId: string
  readonly name: string
  readonly title: string
  /** As written; null where the file names none. */
  readonly email: string | null
  readonly department: string | null
}

/** What a directory row is read from; `firstName` and `lastName` stand in for `name`. */
export const FIELDS = [
  'companyId',
  'personId',
  'name',
  'firstName',
  'lastName',
  'title',
  'email',
  'department',
] as const

export type Field = (typeof FIELDS)[number]

/** Which column (or key of an object) holds each field. */
export type Columns = Readonly<Partial<Record<Field, string>>>
