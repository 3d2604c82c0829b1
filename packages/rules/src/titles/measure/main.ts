import { runCli } from '@buyer-group/shared/setup/run-cli.ts'
import { Command, Option } from 'commander'
import { readTitle } from '../read-title.ts'
import { countConfusion } from './confusion.ts'
import { describeConfusion } from './describe-confusion.ts'
import { LABELLINGS, type LabellingName } from './levels.ts'
import { readLabelled } from './read-labelled.ts'
import type { Half } from './split.ts'

interface Arguments {
  readonly labels: LabellingName
  readonly column?: string
  readonly half: Half | 'all'
  readonly mistakes?: true
  readonly speed?: true
}

await new Command('npm run titles:measure --')
  .description('Scores the reading of titles against labels that people gave.')
  .argument('<file>', 'tab-separated, with a header row: the title in the first column, labels in others')
  .addOption(new Option('--labels <kind>', 'what the labels are').choices(Object.keys(LABELLINGS)).default('five'))
  .option('--column <name>', 'the column of the labels (default: the second)')
  .addOption(
    new Option('--half <half>', 'the half of the titles to score; rules are tuned on the other one alone')
      .choices(['held-out', 'tuning', 'all'])
      .default('held-out'),
  )
  .option('--mistakes', 'list the titles read otherwise than labelled; of the tuning half alone')
  .option('--speed', 'print how many titles are read in a second')
  .addHelpText('after', '\nSets, conventions and the last figures: docs/titles.md.')
  .action((file: string, args: Arguments) => runCli('titles:measure', () => run(file, args)))
  .parseAsync()

async function run(file: string, { labels: name, column, half, mistakes, speed }: Arguments): Promise<void> {
  const { labels, labelOf } = LABELLINGS[name]
  const { titles, repeats } = await readLabelled(file, { column, labels, half })
  const read = titles.map(({ title, label }) => ({ title, given: label, read: labelOf(readTitle(title)) }))
  console.log(`${file}: labels ${name}, ${half} titles, ${repeats} repeated rows left out`)
  for (const line of describeConfusion(
    countConfusion(
      labels,
      read.map(({ given, read }) => [given, read] as const),
    ),
  )) {
    console.log(line)
  }
  if (mistakes && half === 'tuning') {
    for (const { title, given, read: as } of read.filter(({ given, read }) => given !== read)) {
      console.log([given, as, title].join('\t'))
    }
  }
  if (speed) console.log(`${Math.round(titlesPerSecond(titles.map(({ title }) => title)))} titles/s`)
}

/** Reads the titles over and over: a round to warm up, then for two seconds. */
function titlesPerSecond(titles: readonly string[]): number {
  for (const title of titles) readTitle(title)
  const began = performance.now()
  let rounds = 0
  for (; performance.now() - began < 2_000; rounds++) for (const title of titles) readTitle(title)
  return (rounds * titles.length * 1_000) / (performance.now() - began)
}
