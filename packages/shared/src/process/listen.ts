import { explainListenError } from './explain-listen-error.ts'
import { ProcessError } from './process-error.ts'

/**
 * Opens a port that the environment variable `variable` names.
 * @throws ProcessError in one sentence that says by whom the port is taken, where known, and what to set.
 */
export async function listen<Opened>(variable: string, port: number, open: () => Promise<Opened>): Promise<Opened> {
  try {
    return await open()
  } catch (error) {
    const sentence = await explainListenError(error, port, variable)
    throw sentence === undefined ? error : new ProcessError(sentence, { cause: error })
  }
}
