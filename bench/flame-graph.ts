/** What `node --cpu-prof` writes: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  /** Microseconds of the machine's monotonic clock, as `process.hrtime` tells it in every process. */
  readonly startTime: number
  /** The node that ran at each sample. */
  readonly samples: readonly number[]
  /** Microseconds between a sample and the one before. */
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}

const WIDTH = 1_600
const ROW = 17
/** Narrower frames than this many pixels are left out. */
const NARROWEST = 0.5
const CHARACTER = 6.6

/** Not the process's work. */
const NOT_RUNNING = new Set(['(idle)', '(program)'])

/**
 * Draws the time that a process spent in each call stack as one SVG file, callers above what they call. A frame's title
 * names its function, place, milliseconds and share. What was before `since` (microseconds, as `startTime`) and the time in
 * which nothing ran are left out.
 */
export function flameGraphOf(profile: CpuProfile, since: number): string {
  const byId = new Map(profile.nodes.map((node) => [node.id, node]))
  const root = profile.nodes[0]
  if (root === undefined) throw new Error('the profile is empty')

  const own = new Map<number, number>()
  let at = profile.startTime
  for (const [index, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index] ?? 0
    at += delta
    if (at >= since) own.set(id, (own.get(id) ?? 0) + Math.max(0, delta))
  }
  const totals = new Map<number, number>()
  const childrenOf = ({ children = [] }: ProfileNode) =>
    children.flatMap((id) => byId.get(id) ?? []).filter(({ callFrame }) => !NOT_RUNNING.has(callFrame.functionName))
  const totalOf = (node: ProfileNode): number => {
    const total = childrenOf(node).reduce((sum, child) => sum + totalOf(child), own.get(node.id) ?? 0)
    totals.set(node.id, total)
    return total
  }
  const all = Math.max(1, totalOf(root))

  const frames: string[] = []
  let depth = 0
  const draw = (node: ProfileNode, x: number, row: number) => {
    const total = totals.get(node.id) ?? 0
    const width = (total / all) * WIDTH
    if (width < NARROWEST) return
    depth = Math.max(depth, row + 1)
    frames.push(frameOf(node, { x, y: row * ROW, width, micros: total, share: total / all }))
    let childX = x
    for (const child of childrenOf(node).sort((a, b) => (totals.get(b.id) ?? 0) - (totals.get(a.id) ?? 0))) {
      draw(child, childX, row + 1)
      childX += ((totals.get(child.id) ?? 0) / all) * WIDTH
    }
  }
  draw(root, 0, 0)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${depth * ROW}" font-family="monospace" font-size="11">`,
    ...frames,
    '</svg>\n',
  ].join('\n')
}

interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly micros: number
  /** Of all. */
  readonly share: number
}

function frameOf({ callFrame }: ProfileNode, { x, y, width, micros, share }: Place): string {
  const { functionName, url, lineNumber } = callFrame
  const name = functionName || '(anonymous)'
  const file = url.slice(url.lastIndexOf('/') + 1)
  const place = file === '' ? '' : ` ${file}:${lineNumber + 1}`
  const room = Math.floor(width / CHARACTER) - 1
  const title = `${name}${place}, ${(micros / 1_000).toFixed(1)} ms, ${(share * 100).toFixed(1)} %`
  const label = room < 3 ? '' : `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${escaped(name.slice(0, room))}</text>`
  return (
    `<g><title>${escaped(title)}</title>` +
    `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colourOf(url)}"/>${label}</g>`
  )
}

/** By whose code it is: ours, a dependency's, Node's own, the engine's. */
function colourOf(url: string): string {
  if (url === '') return '#cfd8dc'
  if (url.startsWith('node:')) return '#a5d6a7'
  return url.includes('/node_modules/') ? '#ffcc80' : '#ef9a9a'
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
