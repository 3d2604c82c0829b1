import type { DeployedService } from './deployment.ts'
import type { ServiceName } from './start-service.ts'

type Env = Readonly<Record<string, string>>

/** An instance that is started again whenever it has ended, as a supervisor in production does. */
export interface SupervisedService {
  readonly name: ServiceName
  readonly url: string
  /** Ends it by SIGKILL; the next one has this environment on top, those after it have not. */
  kill(nextEnv?: Env): void
}

/** `onEnd` is given what ends the supervision: vitest's onTestFinished, called after that of the deployment. */
export function superviseService(
  name: ServiceName,
  first: DeployedService,
  onEnd: (release: () => void) => unknown,
): SupervisedService {
  let current = first
  let nextEnv: Env = {}
  let isOver = false
  onEnd(() => {
    isOver = true
  })

  const run = async () => {
    while (!isOver) {
      await current.exited
      if (isOver) return
      const env = nextEnv
      nextEnv = {}
      current = await current.restart(env, { untilReady: false })
    }
  }
  void run()

  return {
    name,
    url: first.url,
    kill: (env = {}) => {
      nextEnv = env
      current.kill('SIGKILL')
    },
  }
}
