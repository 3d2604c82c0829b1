const UNITS: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 }

/**
 * Follows what Maven prints in interactive mode and tells how many bytes it has received.
 * Maven writes `Downloaded from <id>: <address> (109 MB at 73 MB/s)` for each finished file and, rewritten in place,
 * `Progress (2): 3.7/13 kB | 1.2/5 MB` for those under way.
 * @returns a function that takes the next piece of output and returns the bytes received so far
 */
export function mavenProgress(): (output: string) => number {
  let finished = 0
  let current = 0
  let rest = ''
  return (output) => {
    const lines = (rest + output).split(/[\r\n]/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const done = /^Downloaded .*\(([\d.]+) ([kMG]?B)/.exec(line)
      if (done) {
        finished += Number(done[1]) * (UNITS[done[2] ?? 'B'] ?? 1)
        current = 0
      } else if (line.startsWith('Progress (')) {
        current = 0
        for (const [, received, unit] of line.matchAll(/([\d.]+)(?:\/[\d.]+)? ([kMG]?B)/g)) {
          current += Number(received) * (UNITS[unit ?? 'B'] ?? 1)
        }
      }
    }
    return finished + current
  }
}
