import type { CollectionSpec } from '../ensure-collection.ts'
import { bool, changeStamp, date, filledText, object, text } from '../json-schema-types.ts'

export const positions: CollectionSpec = {
  name: 'positions',
  jsonSchema: object(
    {
      companyId: filledText,
      personId: filledText,
      title: text,
      seniority: text,
      department: text,
      changedAt: date,
      changedBy: text,
      active: bool,
    },
    { titleChanged: changeStamp, departmentChanged: changeStamp },
  ),
  indexes: [{ key: { companyId: 1, personId: 1 }, unique: true }],
}
