/**
 * How long an event is kept after ingest took it, once it is decided and nothing waits for it, in milliseconds: 45 days,
 * longer than any topic keeps a copy (system.md, "MongoDB"). Detector and refresher set it, whichever is last.
 */
export const EVENT_KEPT_MS = 45 * 24 * 60 * 60 * 1_000
