/** Lets tests call core/lib/sig/ecdsa and the arithmetic under it. */
export { secp256k1Verify, secp256r1Verify } from "../../core/lib/sig/ecdsa";
export { K1, R1 } from "../../core/lib/sig/ecdsa/generated-curves";
export { add, lessTwice, negate, subtract } from "../../core/lib/sig/ecdsa/generated-limbs";
export {
  fromWords,
  isZero,
  multiply,
  power,
  select,
  squareTimes,
  threeHalves,
  toWords,
} from "../../core/lib/sig/ecdsa/modular";
export { sumOfMultiples } from "../../core/lib/sig/ecdsa/multiply";
export { decode, hasX, isNeutral, useCurve } from "../../core/lib/sig/ecdsa/point";
export { less, signedDigits, sum } from "../../core/lib/sig/ecdsa/words";

const BUFFER: usize = memory.data(65536, 16);

/** Address of 64 KiB of scratch. */
export function buffer(): usize {
  return BUFFER;
}
