/** The services that `npm start` runs, in the order an event passes them. */
export const SERVICE_NAMES = ['ingest', 'detector', 'refresher'] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]
