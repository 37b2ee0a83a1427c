/**
 * Where a block stands among all of a chain. Rounds begin anew with each epoch; heights go on, so that what is kept and asked for by them needs no epoch
 * beside.
 */

/** Rounds of one epoch that heights have room for; at a hundred a second they last three centuries. */
const ROUND_BITS = 40n;

export function heightOf(epoch: bigint, round: bigint): bigint {
  return (epoch << ROUND_BITS) | round;
}

/** The height of round 0 of an epoch, that in which a block of this height is. */
export function epochStart(height: bigint): bigint {
  return (height >> ROUND_BITS) << ROUND_BITS;
}
