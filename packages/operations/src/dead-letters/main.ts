import { openPublisher } from '@buyer-group/shared/kafka/publisher.ts'
import type { DeadLetterFilter } from '@buyer-group/shared/mongo/collections.ts'
import { runCli } from '@buyer-group/shared/setup/run-cli.ts'
import { Command } from 'commander'
import { asTime, orInvalid } from '../command-line/option-parsers.ts'
import { cancelReplay } from './cancel-replay.ts'
import { withConnection } from './connect.ts'
import { listDeadLetters } from './list-dead-letters.ts'
import { planReplay } from './plan-replay.ts'
import { readStatus, readStatuses } from './read-status.ts'
import { describeEnd } from './rules/describe-end.ts'
import { describeLetter } from './rules/describe-letter.ts'
import { describeList } from './rules/describe-list.ts'
import { describePlan } from './rules/describe-plan.ts'
import { describeStatus, describeStatuses } from './rules/describe-status.ts'
import { parseLimit, parseLocation, parseRate } from './rules/parse-arguments.ts'
import type { Location } from './rules/read-dead-letter.ts'
import { DEFAULT_RATE, runReplay } from './run-replay.ts'
import { showDeadLetter } from './show-dead-letter.ts'
import { showProgress } from './show-progress.ts'

interface FilterArguments {
  readonly topic?: string[]
  readonly company?: string[]
  readonly reason?: string[]
  readonly since?: Date
  readonly until?: Date
}

interface Output {
  readonly json?: true
}

/** Exit code of a command that was interrupted from the keyboard: 128 and the number of SIGINT. */
const EXIT_INTERRUPTED = 130

/** Keys, headers and reasons may hold any bytes: none of them may command the terminal. */
const CONTROL_CHARACTERS = /\p{Cc}/gu

const program = new Command('npm run dlq --').description(
  'Dead letters: see what stands there and why, and send it back to where it came from.',
)

filtered(program.command('list'))
  .description('list dead letters, the newest first, and count them by topic and reason')
  .option('--limit <n>', 'the most letters to list', orInvalid(parseLimit), 50)
  .action((args: FilterArguments & Output & { limit: number }) => runCli('dlq', () => list(args)))

json(program.command('show'))
  .description('show one dead letter: where it came from, why it stands there, its headers')
  .argument('<place>', 'TOPIC/PARTITION/OFFSET of the dead letter', orInvalid(parseLocation))
  .option('--payload', 'show the decoded value too: it holds personal data')
  .action((place: Location, args: Output & { payload?: true }) => runCli('dlq', () => show(place, args)))

filtered(program.command('plan'))
  .description('say what a replay would do and keep it as a plan; nothing moves')
  .option('--again', 'take letters too that a replay has taken already')
  .action((args: FilterArguments & Output & { again?: true }) => runCli('dlq', () => plan(args)))

json(program.command('replay'))
  .description('send the letters of a plan back to the topics that they came from; also goes on with one that stopped')
  .argument('<id>', 'the id that "plan" printed')
  .option('--rate <n/s>', 'the most messages a second', orInvalid(parseRate), DEFAULT_RATE)
  .action((id: string, args: Output & { rate: number }) => runCli('dlq', () => replay(id, args)))

json(program.command('status'))
  .description('show how far a replay is, or list the latest replays')
  .argument('[id]', 'the id that "plan" printed')
  .action((id: string | undefined, args: Output) => runCli('dlq', () => status(id, args)))

json(program.command('cancel'))
  .description('cancel a replay for good, also a running one; what was published stays published')
  .argument('<id>', 'the id that "plan" printed')
  .action((id: string, args: Output) => runCli('dlq', () => cancel(id, args)))

program.addHelpText(
  'after',
  `
Exits 0 when it did what it was asked for, 1 when not (also a replay that came too late for some letters), 69 when
Kafka or MongoDB does not answer, 78 for a bad configuration, 130 when a replay was stopped with Ctrl-C (go on with it:
npm run dlq -- replay ID).`,
)

await program.parseAsync()

function list(args: FilterArguments & Output & { limit: number }): Promise<void> {
  return withConnection(async ({ kafka, collections, readValue, topicsFor }) => {
    const topics = await topicsFor(args.topic)
    const filter = toFilter(args)
    const found = await listDeadLetters({ kafka, collections, topics, filter, readValue, limit: args.limit })
    print(args, found, describeList(found))
  })
}

function show(location: Location, args: Output & { payload?: true }): Promise<void> {
  return withConnection(async ({ kafka, collections, readValue, topicsFor }) => {
    const [topic = location.topic] = await topicsFor([location.topic])
    const letter = await showDeadLetter({ kafka, collections, location: { ...location, topic }, readValue })
    const withPayload = args.payload === true
    const { kind } = letter.value
    const shown = kind === 'decoded' && !withPayload ? { ...letter, value: { kind } } : letter
    print(args, shown, describeLetter(letter, withPayload))
  })
}

function plan(args: FilterArguments & Output & { again?: true }): Promise<void> {
  return withConnection(async ({ kafka, collections, topicsFor, prepareDatabase }) => {
    const topics = await topicsFor(args.topic)
    await prepareDatabase()
    const planned = await planReplay({ kafka, collections, topics, filter: toFilter(args), again: args.again === true })
    const { replayId } = planned
    const next =
      replayId === null
        ? 'Nothing to replay: no plan was kept.'
        : `Plan ${replayId} is kept, nothing has moved. Carry it out: npm run dlq -- replay ${replayId}`
    print(args, planned, [...describePlan(planned.plan, planned.missingTopics), next])
    if (replayId === null) process.exitCode = 1
  })
}

function replay(replayId: string, args: Output & { rate: number }): Promise<void> {
  return withConnection(async ({ kafka, collections }) => {
    const stopping = new AbortController()
    const stop = () => stopping.abort(new Error('stopped'))
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, stop)
    const publisher = await openPublisher(kafka)
    const progress = showProgress(process.stderr)
    const { rate } = args
    try {
      const end = await runReplay({
        kafka,
        publisher,
        collections,
        replayId,
        rate,
        signal: stopping.signal,
        onProgress: progress.update,
      }).finally(progress.stop)
      print(args, { replayId, ...end }, describeEnd(replayId, end))
      if (end.kind === 'interrupted') process.exitCode = EXIT_INTERRUPTED
      if (end.kind === 'cancelled' || (end.kind === 'completed' && end.expired > 0)) process.exitCode = 1
    } finally {
      await publisher.close()
    }
  })
}

function status(replayId: string | undefined, args: Output): Promise<void> {
  return withConnection(async ({ collections }) => {
    if (replayId === undefined) {
      const replays = await readStatuses(collections, 20)
      print(args, replays, describeStatuses(replays))
    } else {
      const found = await readStatus(collections, replayId)
      print(args, found, describeStatus(found))
    }
  })
}

function cancel(replayId: string, args: Output): Promise<void> {
  return withConnection(async ({ collections }) => {
    const found = await cancelReplay(collections, replayId)
    print(args, found, [`Replay ${replayId} is cancelled; ${found.replayed} of its letters had been replayed.`])
  })
}

function print(args: Output, result: unknown, lines: readonly string[]): void {
  if (args.json) console.log(JSON.stringify(result))
  else for (const line of lines) console.log(line.replace(CONTROL_CHARACTERS, '\ufffd'))
}

function json(command: Command): Command {
  return command.option('--json', 'print one JSON object for machines')
}

function filtered(command: Command): Command {
  return json(command)
    .option('--topic <name>', 'a dead-letter topic, or the topic its letters come from (repeatable)', collect)
    .option('--company <id>', 'of this company (repeatable)', collect)
    .option('--reason <code>', 'with this reason, such as event_id_conflict or unreadable (repeatable)', collect)
    .option('--since <time>', 'at or after: 2h ago (2h, 7d), a date or RFC 3339', asTime)
    .option('--until <time>', 'before', asTime)
}

function toFilter({ company, reason, since, until }: FilterArguments): DeadLetterFilter {
  return {
    ...(company && { companies: company }),
    ...(reason && { reasons: reason }),
    ...(since && { since }),
    ...(until && { until }),
  }
}

function collect(text: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), text]
}
