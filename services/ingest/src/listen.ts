import { explainListenError } from './explain-listen-error.ts'

/** Opens a port, or says in one sentence why it cannot be and ends the process with 1. */
export async function listen<Opened>(variable: string, port: number, open: () => Promise<Opened>): Promise<Opened> {
  try {
    return await open()
  } catch (error) {
    const sentence = await explainListenError(error, port, variable)
    if (sentence === undefined) throw error
    console.error(sentence)
    process.exit(1)
  }
}
