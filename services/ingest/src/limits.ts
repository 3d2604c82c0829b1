/** The largest body that is taken (system.md, "HTTP"): 256 KiB. */
export const MAX_BODY_BYTES = 256 * 1024
