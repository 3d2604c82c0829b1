import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

/** What is wrong with a value under the schema that stands at a JSON pointer of the document; undefined if nothing. */
export type CheckAgainst = (pointer: string, value: unknown) => string | undefined

/** Compiles the schemas of an OpenAPI 3.1 document, which are JSON Schema 2020-12. */
export function compileOpenapi(document: object): CheckAgainst {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(document, 'openapi.json')
  return (pointer, value) => {
    const validate: ValidateFunction | undefined = ajv.getSchema(`openapi.json${pointer}`)
    if (validate === undefined) return 'there is no such schema'
    return validate(value) ? undefined : ajv.errorsText(validate.errors)
  }
}

/** A JSON pointer as a URI fragment. */
export function pointerTo(...keys: readonly string[]): string {
  return `#${keys.map((key) => `/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('')}`
}
