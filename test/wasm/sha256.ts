/** Lets tests call core/lib/hash/sha256. */
export { SHA256_STATE_BYTES, sha256, sha256Final, sha256Init, sha256Update } from "../../core/lib/hash/sha256";

const BUFFER: usize = memory.data(0x110000, 16);

/** Address of 1 MiB + 64 KiB of scratch. */
export function buffer(): usize {
  return BUFFER;
}
