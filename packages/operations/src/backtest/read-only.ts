/**
 * How a backtest reads MongoDB: what a majority has, from a secondary where there is one. A few seconds of lag are of
 * no matter to history, and the primary has the services to serve.
 */
export const READ_ONLY = {
  readPreference: 'secondaryPreferred',
  readConcern: { level: 'majority' },
} as const
