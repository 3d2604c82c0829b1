/**
 * How titles are read, as data. Every pattern is a regular expression over the folded title (lower case, without
 * accents, every run of other characters than letters, digits, & and + replaced by one space). The first rule that
 * matches wins, so the special stands before the general.
 */

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

export interface TitleRule<Label> {
  readonly label: Label
  readonly pattern: RegExp
}

/** A title that works for a chief is not the chief's: "Assistant to the CEO", "Office of the CTO". */
export const SERVES_ANOTHER = /^(.*\b(assistant|secretary|aide|advisor|adviser|chief of staff)) (to|of|for) (the )?.*$/

export const SENIORITY_RULES: readonly TitleRule<Seniority>[] = [
  { label: 'intern', pattern: /\b(intern|internship|trainee|apprentice|working student)\b/ },
  { label: 'individual', pattern: /\b(executive|personal|administrative|office) assistant\b/ },
  { label: 'vp', pattern: /\b(vp|svp|evp|avp|vice president|vice chair(man|woman|person)?)\b/ },
  { label: 'owner', pattern: /\b(owner|co ?owner|founder|co ?founder|founding partner|proprietor)\b/ },
  { label: 'c-suite', pattern: /\bchief (?!of staff\b)([a-z&]+ ){0,4}officer\b/ },
  { label: 'c-suite', pattern: /\bc(e|f|t|o|m|i|r|p|c|d|h|l|s)o\b|\b(ciso|chro|cpo|cxo|cdao)\b/ },
  {
    label: 'c-suite',
    pattern: /\b(president|chair|chairman|chairwoman|chairperson|managing director|general counsel)\b/,
  },
  { label: 'head', pattern: /\b(head|ranking member)\b/ },
  { label: 'director', pattern: /\b(director|dir|managing partner|partner|chief of staff)\b/ },
  { label: 'individual', pattern: /\b(product|account|project|program|programme|community|case) manager\b/ },
  { label: 'manager', pattern: /\b(manager|mgr|supervisor|superintendent|team lead|team leader)\b/ },
  { label: 'senior', pattern: /\b(senior|sr|staff|principal|lead|distinguished|fellow)\b/ },
]

export const DEPARTMENT_RULES: readonly TitleRule<Department>[] = [
  {
    label: 'operations',
    pattern: /\b(coo|chief operating officer|operations|ops|logistics|supply chain|procurement)\b/,
  },
  { label: 'sales', pattern: /\b(cro|sales|revenue|revops|account executive|business development|account manager)\b/ },
  { label: 'marketing', pattern: /\b(cmo|marketing|brand|growth|communications|demand generation|content|seo)\b/ },
  {
    label: 'it',
    pattern: /\b(cio|ciso|it|information (technology|security|systems)|infosec|sysadmin|systems? admin\w*)\b/,
  },
  { label: 'product', pattern: /\b(cpo|product|ux|design|designer)\b/ },
  {
    label: 'engineering',
    pattern: /\b(cto|engineer\w*|developer|software|technology|technical|devops|architect|data|r&d)\b/,
  },
  { label: 'finance', pattern: /\b(cfo|finance|financial|accounting|accountant|controller|treasur\w+|audit\w*|tax)\b/ },
  { label: 'hr', pattern: /\b(chro|hr|human resources|people|talent|recruit\w+)\b/ },
  { label: 'legal', pattern: /\b(clo|legal|counsel|attorney|lawyer|compliance)\b/ },
  { label: 'support', pattern: /\b(support|customer (success|service|care)|help ?desk)\b/ },
  {
    label: 'executive',
    // A vice president of nothing in particular is no president.
    pattern: /(?<!vice )\b(ceo|chief executive|president|chair\w*|managing director|founder|owner|ranking member)\b/,
  },
]
