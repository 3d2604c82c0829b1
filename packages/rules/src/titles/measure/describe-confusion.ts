import { accuracyOf, type Confusion, scoresOf } from './confusion.ts'

/** The lines of a Markdown report: accuracy with its 95 % interval, a row a label, then the confusion matrix. */
export function describeConfusion(confusion: Confusion): string[] {
  const shown = scoresOf(confusion).filter(({ label, titles }) => titles > 0 || isRead(confusion, label))
  const accuracy = accuracyOf(confusion)
  const total = confusion.counts.flat().reduce((all, count) => all + count, 0)
  const [low, high] = wilsonInterval(accuracy, total)
  return [
    `accuracy ${accuracy.toFixed(3)} of ${total} titles (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)})`,
    '',
    '| label | precision | recall | titles |',
    '|---|---:|---:|---:|',
    ...shown.map(({ label, precision, recall, titles }) => row(label, precision.toFixed(2), recall.toFixed(2), titles)),
    '',
    row('labelled, down; read as, across', ...shown.map(({ label }) => label)),
    row('---', ...shown.map(() => '---:')),
    ...shown.map(({ label }) => row(label, ...shown.map((read) => countOf(confusion, label, read.label)))),
  ]
}

function row(...cells: (string | number)[]): string {
  return `| ${cells.join(' | ')} |`
}

function countOf({ labels, counts }: Confusion, given: string, read: string): number {
  return counts[labels.indexOf(given)]?.[labels.indexOf(read)] ?? 0
}

function isRead(confusion: Confusion, label: string): boolean {
  return confusion.labels.some((given) => countOf(confusion, given, label) > 0)
}

/** Wilson's score interval of a share (E. B. Wilson, 1927): holds for shares near 1 and for few titles. */
function wilsonInterval(share: number, total: number): [low: number, high: number] {
  if (total === 0) return [0, 1]
  const z = 1.96
  const centre = share + (z * z) / (2 * total)
  const spread = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * total)) / total)
  const scale = 1 + (z * z) / total
  return [(centre - spread) / scale, (centre + spread) / scale]
}
