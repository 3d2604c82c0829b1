import { text } from 'node:stream/consumers'
import { countOf, formatTime } from '@buyer-group/shared/command-line/rules/format-table.ts'
import { duration } from '@buyer-group/shared/config/fields.ts'
import { ConfigError, readConfig } from '@buyer-group/shared/config/read-config.ts'
import { runCli } from '@buyer-group/shared/setup/run-cli.ts'
import { Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { ingestConfigSchema } from '../config.ts'
import { checkSources } from './check-sources.ts'
import { findSigner } from './find-signer.ts'
import { fingerprint } from './fingerprint.ts'
import { readOverview } from './read-overview.ts'
import { finishSecretRotation, rotateSecret } from './rotate-secret.ts'
import { describeSources } from './rules/describe-sources.ts'
import { type RawReference, referenceName } from './rules/edit-sources.ts'
import { explainAnswer } from './rules/explain-answer.ts'
import { sendTest, TEST_EVENT_TYPE } from './send-test.ts'

const { WEBHOOK_SOURCES, WEBHOOK_SECRET, COMPANY_ID_PREFIXES, SOURCES_FILE, RATE_LIMIT } = ingestConfigSchema.shape
const configSchema = z.object({ WEBHOOK_SOURCES, WEBHOOK_SECRET, COMPANY_ID_PREFIXES, SOURCES_FILE, RATE_LIMIT })

const asOverlap = (value: string): number => {
  const parsed = duration.safeParse(value)
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError('expected a duration such as 30m, 24h or 7d; 0s ends the old secrets at once.')
}

const webUrl = (value: string): string => {
  if (!/^https?:$/.test(URL.parse(value)?.protocol ?? ''))
    throw new InvalidArgumentError('expected an http(s) address.')
  return value
}

const program = new Command('npm run sources --').description(
  'Webhook sources: see them, check their file, rotate a secret, try one out (docs/webhook-sources.md).',
)

program
  .command('list')
  .description('list the sources with their secrets by fingerprint, never by text')
  .option('--json', 'print one JSON object for machines')
  .action((flags: { json?: true }) => runCli('sources', () => list(flags)))

program
  .command('check')
  .description('say whether ingest could use a sources file in this environment, and what is wrong')
  .argument('[file]', 'the file of SOURCES_FILE by default')
  .action((file?: string) => runCli('sources', () => check(file)))

program
  .command('rotate')
  .description('give a source of the file a new secret beside its old ones, which end after the overlap')
  .argument('<name>', 'the source')
  .option('--overlap <duration>', 'how long the old secrets stay valid (default: 24h)', asOverlap, 86_400_000)
  .option('--stdin', 'take the new secret from standard input: for providers that make their own')
  .option('--show', 'print the new secret too')
  .option('--finish', 'take the secrets that have ended out of the file')
  .action((name: string, flags: RotateFlags) => runCli('sources', () => rotate(name, flags)))

program
  .command('send-test')
  .description(`post one signed event of the type ${TEST_EVENT_TYPE}, which refreshes nothing, and explain the answer`)
  .argument('<name>', 'the source')
  .option('--target <url>', 'where ingest listens', webUrl, `http://127.0.0.1:${process.env.INGEST_PORT || 3000}`)
  .action((name: string, flags: { target: string }) => runCli('sources', () => send(name, flags)))

program.addHelpText(
  'after',
  `
Exits 0 when all is well, 1 when a test event was not taken or no secret has ended yet, 69 when ingest does not answer,
78 for a bad configuration.`,
)

await program.parseAsync()

interface RotateFlags {
  readonly overlap: number
  readonly stdin?: true
  readonly show?: true
  readonly finish?: true
}

async function list({ json }: { json?: true }): Promise<void> {
  const sources = await readOverview(readConfig(configSchema, process.env), process.env)
  print(json ? [JSON.stringify({ sources })] : describeSources(sources, Date.now()))
}

async function check(file: string | undefined): Promise<void> {
  const config = readConfig(configSchema, process.env)
  const path = file ?? requireFile(config.SOURCES_FILE)
  const names = await checkSources(path, config, process.env, Date.now())
  print([`${path} can be used. With it ingest has ${countOf(names.length, 'source')}: ${names.join(', ')}.`])
}

async function rotate(name: string, { overlap, stdin, show, finish }: RotateFlags): Promise<void> {
  const path = requireFile(readConfig(configSchema, process.env).SOURCES_FILE)
  if (finish) return finishRotation(path, name)
  const given = stdin ? (await text(process.stdin)).trim() : undefined
  const { secret, secretFile, file, ending, until } = await rotateSecret({
    path,
    name,
    now: Date.now(),
    overlapMs: overlap,
    given,
  })
  print([
    `The new secret of ${name} is in ${secretFile} (fingerprint ${fingerprint(secret)}), for its owner alone; ${path} refers to it as ${file}.`,
    ...(show ? [secret] : []),
    ...(ending.length > 0 ? [`The old ones end at ${formatTime(until)}: ${names(ending)}.`] : []),
    '',
    'What to do now:',
    `1. See that ingest's log says "the changed file is in use", and that its user may read the new file.`,
    `2. See that it takes the new secret: npm run sources -- send-test ${name}`,
    ...(given === undefined ? [`3. Give the provider the new secret, before the old ones end.`] : []),
    `${given === undefined ? 4 : 3}. After ${formatTime(until)}: npm run sources -- rotate ${name} --finish`,
  ])
}

async function finishRotation(path: string, name: string): Promise<void> {
  const { removed, left } = await finishSecretRotation(path, name, Date.now())
  if (removed.length === 0) {
    print([`Nothing is taken out: no other secret of ${name} would be left, or none has ended (${names(left)}).`])
    process.exitCode = 1
    return
  }
  print([`${path} names these secrets of ${name} no more: ${names(removed)}. Delete what they were in.`])
}

async function send(name: string, { target }: { target: string }): Promise<void> {
  const now = Date.now()
  const signer = await findSigner(name, readConfig(configSchema, process.env), process.env, now)
  const answer = await sendTest({ ...signer, source: name, target, now })
  const mayContainTest = signer.mayContain(TEST_EVENT_TYPE)
  const { ok, meaning } = explainAnswer({ ...answer, source: name, mayContainTest })
  print([
    `Signed with the secret of fingerprint ${fingerprint(signer.secret)}, answered ${answer.status}${answer.code === undefined ? '' : ` ${answer.code}`}.`,
    meaning,
  ])
  if (!ok) process.exitCode = 1
}

function requireFile(path: string | undefined): string {
  if (path !== undefined) return path
  throw new ConfigError('SOURCES_FILE is not set: set it to the path of the sources file.')
}

function names(references: readonly RawReference[]): string {
  return references.map(referenceName).join(', ')
}

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(line)
}
