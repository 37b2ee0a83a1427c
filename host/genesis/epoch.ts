/** Length of a new chain's epochs unless it is told another, in milliseconds: a day, as upstream's networks have. */
export const EPOCH_DURATION_MS = 24n * 60n * 60n * 1_000n;
