/** Lets tests call core/lib/hash/sha512. */
export { SHA512_STATE_BYTES, sha512, sha512Final, sha512Init, sha512Update } from "../../core/lib/hash/sha512";

const BUFFER: usize = memory.data(0x110000, 16);

/** Address of 1 MiB + 64 KiB of scratch. */
export function buffer(): usize {
  return BUFFER;
}
