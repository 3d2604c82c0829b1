/** What a record costs beside key and value, for estimates: attributes, deltas, header names and values, generously. */
export const RECORD_OVERHEAD_BYTES = 512
