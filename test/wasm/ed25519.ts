/** Lets tests call core/lib/sig/ed25519 and the arithmetic under it. */
export { ed25519PublicKey, ed25519Sign, ed25519Verify } from "../../core/lib/sig/ed25519";
export { ed25519SumIsZero, ed25519VerifyBatch } from "../../core/lib/sig/ed25519-batch";
export {
  add,
  fromBytes,
  multiply,
  negate,
  square,
  squareDouble,
  squareTimes,
  subtract,
  toBytes,
} from "../../core/lib/sig/generated-field25519";
export { isCanonical, multiplyAdd, reduceWide } from "../../core/lib/sig/scalar25519";
export { halve, split } from "../../core/lib/sig/scalar25519-halve";
export { signedDigits } from "../../core/lib/sig/signed-digits";

const BUFFER: usize = memory.data(65536, 16);

/** Address of 64 KiB of scratch. */
export function buffer(): usize {
  return BUFFER;
}
