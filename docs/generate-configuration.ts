/**
 * Writes the configuration table of README.md and .env.example from the zod schemas that the services parse, so that
 * neither can say something else than the code does. `--check` only compares and exits 1 when they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { detectorConfigSchema } from '@buyer-group/detector/config.ts'
import { ingestConfigSchema } from '@buyer-group/ingest/config.ts'
import { refresherConfigSchema } from '@buyer-group/refresher/config.ts'
import { setupConfig } from '@buyer-group/shared/setup/config.ts'
import { z } from 'zod'

const ROOT = join(import.meta.dirname, '..')
const BEGIN = '<!-- configuration: written by "npm run docs:config" -->'
const END = '<!-- configuration: end -->'

interface Variable {
  readonly name: string
  readonly readBy: readonly string[]
  readonly description: string
  /** What it is where it is not set; undefined where it must be set or may stay unset. */
  readonly byDefault: string | undefined
  readonly required: boolean
}

const readers = {
  ingest: ingestConfigSchema,
  detector: detectorConfigSchema,
  refresher: refresherConfigSchema,
  setup: setupConfig,
}

function variablesOf(schemas: Readonly<Record<string, z.ZodObject>>): Variable[] {
  const found = new Map<string, Variable>()
  for (const [reader, schema] of Object.entries(schemas)) {
    const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    for (const [name, property] of Object.entries(properties)) {
      if (typeof property === 'boolean') continue
      const byDefault = property.default === undefined ? undefined : String(property.default)
      const known = found.get(name)
      const defaults = [known?.byDefault, byDefault].filter((text) => text !== undefined && text !== '')
      found.set(name, {
        name,
        readBy: [...(known?.readBy ?? []), reader],
        description: known?.description ?? property.description ?? '',
        byDefault: defaults.length === 0 ? byDefault : [...new Set(defaults)].join(' / '),
        required: required.includes(name),
      })
    }
  }
  return [...found.values()]
}

function toTable(variables: readonly Variable[]): string {
  const rows = variables.map(({ name, readBy, description, byDefault, required }) => {
    const value = required ? '**required**' : byDefault ? `\`${byDefault}\`` : '–'
    const everyone = readBy.length === Object.keys(readers).length
    return `| \`${name}\` | ${value} | ${everyone ? 'all' : readBy.join(', ')} | ${sentence(description)} |`
  })
  return ['| variable | default | read by | what it is |', '|---|---|---|---|', ...rows].join('\n')
}

function toEnvExample(variables: readonly Variable[]): string {
  const lines = variables.flatMap(({ name, readBy, description, byDefault, required }) => [
    `# ${sentence(description)} Read by ${readBy.join(', ')}.`,
    required ? `${name}=` : `# ${name}=${byDefault ?? ''}`,
    '',
  ])
  return [
    '# Every variable that the services read, written by "npm run docs:config".',
    '# What is not commented out must be set; "npm start" sets all of it for the local stack.',
    '',
    ...lines,
  ].join('\n')
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replaceAll('|', '\\|')
}

function withTable(readme: string, table: string): string {
  const from = readme.indexOf(BEGIN)
  const to = readme.indexOf(END)
  if (from < 0 || to < from) throw new Error(`README.md lacks the lines "${BEGIN}" and "${END}"`)
  return `${readme.slice(0, from + BEGIN.length)}\n${table}\n${readme.slice(to)}`
}

const variables = variablesOf(readers)
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const wanted = { 'README.md': withTable(readme, toTable(variables)), '.env.example': toEnvExample(variables) }
for (const [file, text] of Object.entries(wanted)) {
  const path = join(ROOT, file)
  if (!process.argv.includes('--check')) writeFileSync(path, text)
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`${file} does not say what the configuration schemas say: run "npm run docs:config".`)
    process.exitCode = 1
  }
}
