/** Lets tests call core/lib/iota/transaction and core/lib/signed-message. */
export * from "../../core/lib/iota/transaction";
export { SIGNED_MESSAGE_BYTES, signedMessage } from "../../core/lib/signed-message";

const BUFFER: usize = memory.data(0x110000, 16);

/** Address of 1 MiB + 64 KiB of scratch. */
export function buffer(): usize {
  return BUFFER;
}
