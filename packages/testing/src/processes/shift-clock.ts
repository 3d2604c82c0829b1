/**
 * Preloaded by `withClockOff`: a process whose time of day is `CLOCK_OFFSET_MS` off, from the start or, with
 * `CLOCK_OFFSET_FROM=SIGUSR2`, once it gets that signal. The constructor is stood in for, not replaced: dates stay dates.
 */
const RealDate = globalThis.Date
const realNow = RealDate.now
const offsetMs = Number(process.env.CLOCK_OFFSET_MS ?? 0)
let isOff = process.env.CLOCK_OFFSET_FROM !== 'SIGUSR2'
if (!isOff) {
  process.on('SIGUSR2', () => {
    isOff = true
  })
}

const now = () => realNow() + (isOff ? offsetMs : 0)
RealDate.now = now
globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
})
