import { type Answer, json } from '../../answer.ts'
import type { Sources } from '../../sources/sources.ts'
import { openapiDocument } from './openapi-document.ts'

/** Answers with the document of the sources as they are configured now; made when it is first asked for. */
export function createOpenapiAnswer(sources: () => Sources): () => Answer {
  let made: { readonly sources: Sources; readonly answer: Answer } | undefined
  return () => {
    const current = sources()
    if (made?.sources !== current) {
      const answer = json(200, openapiDocument(current), { 'cache-control': 'public, max-age=60' })
      made = { sources: current, answer }
    }
    return made.answer
  }
}
