/** The types that the formats give. The first four are significant by default (system.md, "Words"). */
export const PROMOTION = 'person.promotion'
export const COMPANY_CHANGE = 'person.company_change'
export const DEPARTMENT_CHANGE = 'person.department_change'
/** Also of a change of position that says no more. */
export const ROLE_CHANGE = 'person.role_change'
/** Something of a person that is no matter of a position. */
export const PROFILE_UPDATE = 'person.profile_update'
