import { Presets, SingleBar } from 'cli-progress'
import type { ReplayCounts } from './replay-events.ts'

export interface Progress {
  update(counts: ReplayCounts): void
  end(): void
}

/** How often a line is printed where there is no terminal (milliseconds). */
const LINE_EVERY_MS = 5_000

/** A progress bar with rate and answers by status; plain lines where the output is no terminal. */
export function showProgress(total: number, out: NodeJS.WriteStream): Progress {
  const start = performance.now()
  return out.isTTY ? bar(total, start, out) : lines(total, start, out)
}

function bar(total: number, start: number, out: NodeJS.WriteStream): Progress {
  const format = '{bar} {percentage}% | {value}/{total} | {rate}/s | {answers} | {eta_formatted} left'
  const single = new SingleBar({ format, stream: out, etaBuffer: 1_000, fps: 10 }, Presets.shades_classic)
  single.start(total, 0, { rate: 0, answers: '' })
  return {
    update: (counts) => single.update(counts.sent, { rate: rateOf(counts, start), answers: describeAnswers(counts) }),
    end: () => single.stop(),
  }
}

function lines(total: number, start: number, out: NodeJS.WriteStream): Progress {
  let printedAt = start
  return {
    update: (counts) => {
      if (performance.now() - printedAt < LINE_EVERY_MS) return
      printedAt = performance.now()
      out.write(`${counts.sent}/${total} | ${rateOf(counts, start)}/s | ${describeAnswers(counts)}\n`)
    },
    end: () => {},
  }
}

/** `202: 12, 503: 1`: the attempts by answer. */
export function describeAnswers({ answers }: ReplayCounts): string {
  return Object.entries(answers)
    .map(([answer, count]) => `${answer}: ${count}`)
    .join(', ')
}

function rateOf({ sent }: ReplayCounts, start: number): number {
  return Math.round(sent / Math.max(0.001, (performance.now() - start) / 1_000))
}
