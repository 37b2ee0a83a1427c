/**
 * Who leads the slots of a round, for showing it and for waiting: `order` alone decides (core/order/leaders.ts), and says so only of slots that are decided.
 * Drawn without replacement from the digest of chain, epoch and round.
 */
import { blake2b256 } from "../format/digest.ts";

const DOMAIN = new TextEncoder().encode("CaissonLeader::");
const U64_BYTES = 8;
const U32_BYTES = 4;

export interface LeaderDraw {
  readonly chain: Uint8Array;
  readonly epoch: bigint;
  readonly committeeSize: number;
  readonly leadersPerRound: number;
}

/** Indices of the authors, by rank. */
export function leadersOf({ chain, epoch, committeeSize, leadersPerRound }: LeaderDraw, round: bigint): number[] {
  const numbers = new DataView(new ArrayBuffer(2 * U64_BYTES));
  numbers.setBigUint64(0, epoch, true);
  numbers.setBigUint64(U64_BYTES, round, true);
  const drawn = blake2b256(Uint8Array.from([...DOMAIN, ...chain, ...new Uint8Array(numbers.buffer)]));
  const words = new DataView(drawn.buffer, drawn.byteOffset);
  const members = Array.from({ length: committeeSize }, (_, author) => author);
  return Array.from({ length: leadersPerRound }, (_, rank) => {
    const chosen = rank + (words.getUint32(U32_BYTES * rank, true) % (committeeSize - rank));
    const leader = members[chosen]!;
    members[chosen] = members[rank]!;
    members[rank] = leader;
    return leader;
  });
}
