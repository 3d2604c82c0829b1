/** What a title may be read as. The tables that the reading goes by: ranks.ts, departments.ts and abbreviations.ts. */

/** Levels, the highest first: of several that a person holds, the highest is theirs. */
export const SENIORITIES = [
  'owner',
  'c-suite',
  'vp',
  'head',
  'director',
  'manager',
  'senior',
  'individual',
  'intern',
] as const

export type Seniority = (typeof SENIORITIES)[number]

export const DEPARTMENTS = [
  'sales',
  'marketing',
  'engineering',
  'product',
  'finance',
  'hr',
  'legal',
  'operations',
  'it',
  'support',
  'executive',
  'other',
] as const

export type Department = (typeof DEPARTMENTS)[number]
