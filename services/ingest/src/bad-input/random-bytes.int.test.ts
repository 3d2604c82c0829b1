import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { exchange } from './exchange.ts'
import { unsignedPost } from './raw-request.ts'
import { startWatchedIngest } from './watched-ingest.ts'

/** Where the request is changed, what comes there instead, and how much of the request that replaces. */
const edit = fc.tuple(
  fc.nat(),
  fc.oneof(
    fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        '\r',
        '\n',
        '\r\n',
        '\r\n\r\n',
        '\0',
        ' ',
        ':',
        ',',
        ';',
        '0\r\n\r\n',
        'content-length: 1\r\n',
        'transfer-encoding: chunked\r\n',
        'GET / HTTP/1.1\r\n',
      )
      .map((text) => Buffer.from(text)),
  ),
  fc.nat(6),
)

test('a request that is changed anywhere is answered with at most a refusal, and the server goes on', async () => {
  const ingest = await startWatchedIngest(onTestFinished)
  const { port } = ingest.server
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      let bytes = unsignedPost({ canary: 'canary' })
      for (const [at, inserted, replaced] of edits) {
        const start = at % (bytes.length + 1)
        bytes = Buffer.concat([bytes.subarray(0, start), inserted, bytes.subarray(start + replaced)])
      }
      const { answers, received } = await exchange({ port, pieces: [bytes], ending: 'ends', expectedAnswers: 0 })
      for (const { status } of answers) expect(status).toBeLessThan(500)
      expect(received).not.toContain('canary')
    }),
    { numRuns: 300 },
  )
  expect(await ingest.postGood()).toBe(202)
  expect(ingest.kafka.published).toHaveLength(1)
  expect(ingest.logLines.join('')).not.toContain('canary')
  await expect.poll(() => ingest.server.countConnections()).toBe(0)
})
