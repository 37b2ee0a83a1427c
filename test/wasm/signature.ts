/** Lets tests call users' signatures in core/lib/iota, and the JSON and UTF-8 under passkeys. */
export { clientChallenge } from "../../core/lib/iota/client-data";
export {
  isSupportedFlag,
  signatureAddress,
  signatureForm,
  signatureVerify,
  transactionMessage,
} from "../../core/lib/iota/signature";
export { isUtf8 } from "../../core/lib/utf8";

const BUFFER: usize = memory.data(0x40000, 16);

/** Address of 256 KiB of scratch. */
export function buffer(): usize {
  return BUFFER;
}
