import { Presets, SingleBar } from 'cli-progress'
import type { ImportProgress } from './import-directory.ts'

/** How often a line is written where no bar can be drawn, in milliseconds. */
const LINE_EVERY_MS = 5_000

/** Shows how far an import is: a bar on a terminal, now and then a line elsewhere. `stream` is standard error. */
export function showProgress(stream: NodeJS.WriteStream): {
  update(progress: ImportProgress): void
  stop(): void
} {
  if (!stream.isTTY) return showLines(stream)
  const format = '{bar} {percentage}% | {rows} rows | {rejected} rejected | {eta_formatted} left'
  const bar = new SingleBar({ stream, format, clearOnComplete: true, hideCursor: true }, Presets.shades_classic)
  let isStarted = false
  return {
    update: ({ bytesRead, totalBytes, rows, rejected }) => {
      const payload = { rows, rejected }
      if (isStarted) bar.update(bytesRead, payload)
      else bar.start(totalBytes, bytesRead, payload)
      isStarted = true
    },
    stop: () => bar.stop(),
  }
}

function showLines(stream: NodeJS.WriteStream) {
  let lastAt = Date.now()
  return {
    update: ({ bytesRead, totalBytes, rows, rejected }: ImportProgress) => {
      if (Date.now() - lastAt < LINE_EVERY_MS) return
      lastAt = Date.now()
      const percent = totalBytes === 0 ? 100 : Math.floor((100 * bytesRead) / totalBytes)
      stream.write(`${percent}% read, ${rows} rows, ${rejected} rejected\n`)
    },
    stop: () => {},
  }
}
