import { MultiBar, Presets } from 'cli-progress'

/** How far the download of one part is. */
export type PartProgress = {
  /** Bytes received so far; never goes back. */
  at(bytes: number): void
  done(): void
  failed(reason: string): void
}

/** Shows downloads to a person: bars on a terminal, lines elsewhere. */
export type Progress = {
  part(name: string, totalBytes: number): PartProgress
  /** A sentence beside the bars. */
  say(line: string): void
  close(): void
}

/** Progress on the stream given: bars that are rewritten in place on a terminal, otherwise one line a change. */
export function createProgress(out: NodeJS.WriteStream): Progress {
  return out.isTTY ? barProgress(out) : lineProgress((line) => out.write(`${line}\n`))
}

function barProgress(out: NodeJS.WriteStream): Progress {
  const format = '  {name} [{bar}] {percentage}%  {mb}/{totalMb} MB  {state}'
  const bars = new MultiBar({ format, stream: out, hideCursor: true, noTTYOutput: false }, Presets.shades_grey)
  return {
    part(name, totalBytes) {
      const fields = (bytes: number, state: string) => ({
        name: name.padEnd(8),
        mb: megabytes(bytes),
        totalMb: megabytes(totalBytes),
        state,
      })
      let last = 0
      const bar = bars.create(totalBytes, 0, fields(0, 'downloading'))
      return {
        at(bytes) {
          last = Math.min(totalBytes, Math.max(last, bytes))
          bar.update(last, fields(last, 'downloading'))
        },
        done: () => bar.update(totalBytes, fields(totalBytes, 'done, checksums right')),
        failed: (reason) => bar.update(last, fields(last, `failed: ${reason}`)),
      }
    },
    say: (line) => bars.log(`${line}\n`),
    close: () => bars.stop(),
  }
}

/** Progress as plain lines: the start, every quarter, the end. */
export function lineProgress(print: (line: string) => void): Progress {
  return {
    part(name, totalBytes) {
      let quarter = 0
      print(`${name}: downloading ${megabytes(totalBytes)} MB`)
      return {
        at(bytes) {
          const now = Math.min(3, Math.floor((4 * bytes) / totalBytes))
          if (now <= quarter) return
          quarter = now
          print(`${name}: ${megabytes(bytes)}/${megabytes(totalBytes)} MB`)
        },
        done: () => print(`${name}: downloaded, checksums right`),
        failed: (reason) => print(`${name}: download failed: ${reason}`),
      }
    },
    say: print,
    close: () => {},
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
