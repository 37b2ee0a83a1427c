/**
 * Length of the epoch that a new chain tells its clients of, in milliseconds: a hundred years. So far no epoch ends, and clients that
 * think theirs is over wait for the next one, as the SDK's parallel executor does.
 */
export const EPOCH_DURATION_MS = 100n * 365n * 24n * 60n * 60n * 1_000n;
