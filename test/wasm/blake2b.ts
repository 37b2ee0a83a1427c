/** Lets tests call core/lib/hash/blake2b. */
export {
  BLAKE2B_STATE_BYTES,
  blake2b256,
  blake2b256Final,
  blake2b256Init,
  blake2b256Update,
  blake2b512,
} from "../../core/lib/hash/blake2b";

const BUFFER: usize = memory.data(0x110000, 16);

/** Address of 1 MiB + 64 KiB of scratch. */
export function buffer(): usize {
  return BUFFER;
}
