/**
 * Bounds of the lists that travel in the state machine's state, which holds 256 KiB: a test computes the largest state from the
 * schemas. Parts of traffic grow with it instead.
 */
export const mostChunks = 100;
export const mostShards = 100;
