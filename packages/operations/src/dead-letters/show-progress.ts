import { Presets, SingleBar } from 'cli-progress'
import type { ReplayProgress } from './run-replay.ts'

/** How often a line is written where no bar can be drawn, in milliseconds. */
const LINE_EVERY_MS = 5_000

/** Shows how far a replay is: a bar on a terminal, now and then a line elsewhere. `stream` is standard error. */
export function showProgress(stream: NodeJS.WriteStream): {
  update(progress: ReplayProgress): void
  stop(): void
} {
  if (!stream.isTTY) return showLines(stream)
  const format = '{bar} {value} of {total} replayed | {skipped} skipped | {eta_formatted} left'
  const bar = new SingleBar({ stream, format, clearOnComplete: true, hideCursor: true }, Presets.shades_classic)
  let isStarted = false
  return {
    update: ({ replayed, skipped, planned }) => {
      if (isStarted) bar.update(replayed, { skipped })
      else bar.start(planned, replayed, { skipped })
      isStarted = true
    },
    stop: () => bar.stop(),
  }
}

function showLines(stream: NodeJS.WriteStream) {
  let lastAt = Date.now()
  return {
    update: ({ replayed, skipped, planned }: ReplayProgress) => {
      if (Date.now() - lastAt < LINE_EVERY_MS) return
      lastAt = Date.now()
      stream.write(`${replayed} of ${planned} replayed, ${skipped} skipped\n`)
    },
    stop: () => {},
  }
}
