import { adminPort, commonConfig } from '@buyer-group/shared/config/common.ts'
import { commaList, duration, integer, port } from '@buyer-group/shared/config/fields.ts'
import { z } from 'zod'

/**
 * The variables that ingest reads. `WEBHOOK_SECRET_<SOURCE>` besides, one for each source with secrets of its own:
 * see `read-sources.ts`.
 */
export const ingestConfigSchema = z
  .object({
    ...commonConfig,
    ADMIN_PORT: adminPort(9464),
    INGEST_PORT: port.prefault('3000').describe('the port that providers post to; 0 takes a free one.'),
    INGEST_HOST: z.string().optional().describe('the address to listen on; every one by default.'),
    SHUTDOWN_DELAY: duration
      .prefault('5s')
      .describe(
        'how long ingest goes on accepting after SIGTERM while /readyz already answers 503, so that balancers stop sending to it; less than SHUTDOWN_TIMEOUT, of which it is a part. Take it longer than a balancer needs to notice.',
      ),
    MAX_CONNECTIONS: integer(1, 100_000)
      .prefault('1000')
      .describe(
        'the most connections open at once; further ones are closed as soon as they are made. Each may hold 256 KiB that are not verified yet.',
      ),
    MAX_EVENT_LOOP_DELAY: duration
      .refine((ms) => ms > 0, 'expected more than nothing')
      .prefault('500ms')
      .describe(
        'how late the event loop may be, over some seconds, before part of the requests is answered 503 unread: more the later it is, up to nine of ten at twice as much.',
      ),
    KEEP_ALIVE_TIMEOUT: duration
      .refine((ms) => ms > 0, 'expected more than nothing')
      .prefault('65s')
      .describe(
        'how long a connection may be idle between two requests: longer than the balancer in front keeps it (60s for nginx and AWS, 600s for Google Cloud), so that it never sends on one that was just closed.',
      ),
    WEBHOOK_SECRET: z
      .string()
      .optional()
      .describe(
        'the secret that providers sign with, for every source without one of its own (WEBHOOK_SECRET_<SOURCE>); several, separated by commas, are all active (rotation). At least 8 characters, 32 or more are advised.',
      ),
    WEBHOOK_SOURCES: commaList
      .prefault('coresignal,linkedin,test')
      .describe(
        'the names of the sources that are taken, separated by commas; a detector that has it warns of a significance policy that names others.',
      ),
    SOURCES_FILE: z
      .string()
      .optional()
      .describe(
        'the path of a JSON file with further sources, each with its scheme, secrets and limits (docs/webhook-sources.md); one that WEBHOOK_SOURCES names too is as the file has it. Read again when it changes and on SIGHUP.',
      ),
    COMPANY_ID_PREFIXES: commaList
      .optional()
      .describe(
        'what goes before the company ids of a source that numbers companies its own way, such as linkedin=li: (separated by commas).',
      ),
    API_TOKEN: z
      .string()
      .min(8, 'expected at least 8 characters')
      .optional()
      .describe('the bearer token of the calls for operators; without one they answer 403.'),
    PUBLISH_TIMEOUT: duration
      .prefault('10s')
      .describe('how long a request waits for the broker before it is answered 503.'),
    MAX_BATCH_EVENTS: integer(1, 10_000).prefault('500').describe('the most events published in one request to Kafka.'),
    MAX_QUEUED_EVENTS: integer(1, 1_000_000)
      .prefault('10000')
      .describe('the most events that may wait for the broker; further ones are answered 503.'),
    RATE_LIMIT: integer(1, 1_000_000)
      .optional()
      .describe(
        'the most events a second that one instance takes from a source without a rate of its own; further ones are answered 429. No limit by default.',
      ),
    GLOBAL_RATE_LIMIT: integer(1, 1_000_000)
      .optional()
      .describe(
        'the most events a second that one instance takes from all sources together; further ones are answered 429. No limit by default.',
      ),
    RATE_LIMIT_BURST: duration
      .refine((ms) => ms > 0, 'expected more than nothing')
      .prefault('1s')
      .describe('how much of each rate may come at once: what flows in over this time.'),
    RECENT_EVENTS: integer(1, 10_000_000)
      .prefault('100000')
      .describe(
        'how many published events this process remembers, at least, to recognise repeats without asking MongoDB; at most twice as many.',
      ),
  })
  .superRefine(({ SHUTDOWN_DELAY, SHUTDOWN_TIMEOUT }, context) => {
    if (SHUTDOWN_DELAY < SHUTDOWN_TIMEOUT) return
    const message = 'expected less than SHUTDOWN_TIMEOUT, or nothing would be left to finish in'
    context.addIssue({ code: 'custom', path: ['SHUTDOWN_DELAY'], message, input: SHUTDOWN_DELAY })
  })

export type IngestConfig = z.output<typeof ingestConfigSchema>
