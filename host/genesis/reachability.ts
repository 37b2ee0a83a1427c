/** Where a validator is reached, as the genesis file says it. */
import * as v from "valibot";

/** An Ed25519 key's identity multihash in base58 (libp2p's peer-ids specification). */
const PEER_ID = /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/;
export const isPeerId = (text: string): boolean => PEER_ID.test(text);
const peerIdText = v.pipe(v.string(), v.check(isPeerId, "the peer id of an Ed25519 key"));
const MULTIADDRESS = /^\/(ip4|ip6|dns|dns4|dns6)\/[0-9A-Za-z.:-]{1,253}\/tcp\/[0-9]{1,5}$/;
/** Where a validator is reached over TCP, as libp2p writes it. */
export const isMultiaddress = (text: string): boolean => MULTIADDRESS.test(text);
const multiaddressText = v.pipe(v.string(), v.check(isMultiaddress, "an address like /ip4/10.0.0.1/tcp/9200"));
const MAX_ADDRESSES = 8;

/** How the others reach a validator. It says nothing of the chain, whose digest does not depend on it: nothing safe depends on it either. */
export const ReachabilitySchema = v.strictObject({
  peerId: peerIdText,
  /** None: the validator dials the others, and is not dialled. */
  addresses: v.pipe(v.array(multiaddressText), v.maxLength(MAX_ADDRESSES)),
});
export type Reachability = v.InferOutput<typeof ReachabilitySchema>;

/** The same as the governed list of validators has it: addresses with the peer id in them, and commas between them. */
export function reachabilityText(reachability: Reachability | undefined): string {
  if (!reachability) return "";
  const { peerId, addresses } = reachability;
  return (addresses.length > 0 ? addresses : [""]).map((address) => `${address}${PEER_ID_PART}${peerId}`).join(",");
}

/** Back from the text; undefined: it says of nobody where it is. */
export function parseReachability(text: string): Reachability | undefined {
  const parts = text.split(",").map((part) => part.split(PEER_ID_PART));
  const peerId = parts[0]?.[1];
  const addresses = parts.map(([address]) => address).filter((address) => address !== "");
  const parsed = v.safeParse(ReachabilitySchema, { peerId, addresses });
  const oneName = parts.every((part) => part.length === 2 && part[1] === peerId);
  return parsed.success && oneName ? parsed.output : undefined;
}

const PEER_ID_PART = "/p2p/";
