import { readFileSync } from 'node:fs'
import type { Columns } from './rules/directory-row.ts'
import { checkMapping, parseMapping } from './rules/parse-mapping.ts'

/**
 * Reads the value of `--map`: `field=Column,field=Column`, or the path of a JSON file `{"field": "Column"}`.
 * @throws Error saying what is wrong with it.
 */
export function readMapping(value: string): Columns {
  if (value.includes('=')) return parseMapping(value)
  let text: string
  try {
    text = readFileSync(value, 'utf8')
  } catch {
    throw new Error(`"${value}" is neither a mapping (field=Column,field=Column) nor a file`)
  }
  try {
    return checkMapping(JSON.parse(text))
  } catch (error) {
    throw new Error(`${value}: ${(error as Error).message}`)
  }
}
