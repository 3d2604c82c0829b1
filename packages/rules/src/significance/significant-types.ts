/** The event types that must refresh a buyer group unless a deployment says otherwise (system.md, "Words"). */
export const DEFAULT_SIGNIFICANT_TYPES = [
  'person.role_change',
  'person.company_change',
  'person.promotion',
  'person.department_change',
] as const
