/**
 * Serialized user signatures as far as the host looks into them: whose they are, and who sits in a multisig. Whether they are valid is
 * for the core to say (core/lib/iota/signature.ts, with the sources).
 */
import { bcs } from "@iota/iota-sdk/bcs";
import { toHex } from "@iota/iota-sdk/utils";
import { blake2b256 } from "./digest.ts";

/** Flag bytes. The ML-DSA flags are Caisson's own. */
export const SIGNATURE_FLAG = {
  ed25519: 0x00,
  secp256k1: 0x01,
  secp256r1: 0x02,
  multisig: 0x03,
  zkLogin: 0x05,
  passkey: 0x06,
  moveAuthenticator: 0x07,
  mlDsa44: 0x20,
  mlDsa65: 0x21,
} as const;

/** Bytes between flag and public key, of the schemes with one key. */
const BARE_BYTES: Readonly<Record<number, number>> = {
  [SIGNATURE_FLAG.ed25519]: 64,
  [SIGNATURE_FLAG.secp256k1]: 64,
  [SIGNATURE_FLAG.secp256r1]: 64,
  [SIGNATURE_FLAG.mlDsa44]: 2_420,
  [SIGNATURE_FLAG.mlDsa65]: 3_309,
};

/** What follows the flag. The SDK's own leaves out the variants 3, once zkLogin and refused now, and 4, passkey. */
export const MultisigBcs = bcs.struct("MultiSig", {
  signatures: bcs.vector(
    bcs.enum("CompressedSignature", {
      ED25519: bcs.bytes(64),
      Secp256k1: bcs.bytes(64),
      Secp256r1: bcs.bytes(64),
      ZkLogin: null,
      Passkey: bcs.byteVector(),
    }),
  ),
  bitmap: bcs.u16(),
  members: bcs.vector(
    bcs.struct("Member", {
      key: bcs.enum("PublicKey", {
        ED25519: bcs.bytes(32),
        Secp256k1: bcs.bytes(33),
        Secp256r1: bcs.bytes(33),
        ZkLogin: null,
        Passkey: bcs.bytes(33),
      }),
      weight: bcs.u8(),
    }),
  ),
  threshold: bcs.u16(),
});

type MemberKey = (typeof MultisigBcs)["$inferType"]["members"][number]["key"];

const PasskeyBcs = bcs.struct("PasskeyAuthenticator", {
  authenticatorData: bcs.byteVector(),
  clientDataJson: bcs.byteVector(),
  signature: bcs.byteVector(),
});

/** A public key and its scheme's flag. */
interface FlaggedKey {
  readonly flag: number;
  readonly key: Uint8Array;
}

const flagged = ({ flag, key }: FlaggedKey): Uint8Array => Uint8Array.of(flag, ...key);
/** What stands for a key in an address: the flag comes first, but for Ed25519. */
const addressed = (of: FlaggedKey): Uint8Array => (of.flag === SIGNATURE_FLAG.ed25519 ? of.key : flagged(of));
const address = (preimage: Uint8Array): string => `0x${toHex(blake2b256(preimage))}`;

function memberKey(key: MemberKey): FlaggedKey {
  switch (key.$kind) {
    case "ED25519":
      return { flag: SIGNATURE_FLAG.ed25519, key: key.ED25519 };
    case "Secp256k1":
      return { flag: SIGNATURE_FLAG.secp256k1, key: key.Secp256k1 };
    case "Secp256r1":
      return { flag: SIGNATURE_FLAG.secp256r1, key: key.Secp256r1 };
    case "Passkey":
      return { flag: SIGNATURE_FLAG.passkey, key: key.Passkey };
    case "ZkLogin":
      throw new RangeError("zkLogin keys are not supported");
  }
}

/** Address that a well-formed signature belongs to (iotaledger/iota crates/iota-types/src/base_types.rs). */
export function signatureAddress(signature: Uint8Array): string {
  const [flag] = signature;
  const body = signature.subarray(1);
  if (flag === SIGNATURE_FLAG.multisig) {
    const { members, threshold } = MultisigBcs.parse(body);
    const keys = members.flatMap(({ key, weight }) => [...addressed(memberKey(key)), weight]);
    return address(Uint8Array.of(flag, threshold & 0xff, threshold >> 8, ...keys));
  }
  if (flag === SIGNATURE_FLAG.passkey) {
    const inner = PasskeyBcs.parse(body).signature.subarray(1 + BARE_BYTES[SIGNATURE_FLAG.secp256r1]!);
    return address(addressed({ flag, key: inner }));
  }
  const bareBytes = BARE_BYTES[flag!];
  if (bareBytes === undefined) throw new RangeError(`no address belongs to signatures of flag ${flag}`);
  return address(addressed({ flag: flag!, key: body.subarray(bareBytes) }));
}

/** A multisig's member by its place: its key with the flag before it, and its own address. */
export function multisigMember(signature: Uint8Array, index: number): { key: Uint8Array; address: string } | undefined {
  const member = MultisigBcs.parse(signature.subarray(1)).members[index];
  if (!member) return undefined;
  const key = memberKey(member.key);
  return { key: flagged(key), address: address(addressed(key)) };
}
