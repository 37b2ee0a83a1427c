/**
 * Refusals of user signatures in upstream's words. Sources: iotaledger/iota crates/iota-types/src/signature.rs (GenericSignature::from_bytes),
 * crypto.rs, multisig.rs and passkey_authenticator.rs beside it (verify_claims), error.rs (IotaError); fastcrypto/src/error.rs.
 */
import { toBase64 } from "@iota/iota-sdk/utils";
import { signatureFault } from "../../core/wire/codes.ts";
import { multisigMember, SIGNATURE_FLAG } from "../format/user-signature.ts";

/** FastCryptoError::InvalidSignature, InvalidInput, InputTooShort(0), GeneralError. */
const INVALID_SIGNATURE = "Invalid signature was given to the function";
const INVALID_INPUT = "Invalid value was given to the function";
const NO_INPUT = "Expected input of length at least 0";
const GENERAL = "General cryptographic error: ";

/** IotaError::InvalidSignature. */
const notValid = (error: string): string => `Signature is not valid: ${error}`;

/** Of bytes that cannot be read as a signature. */
export function malformedSignatureText(signature: Uint8Array | undefined): string {
  return signature?.length === 0 ? NO_INPUT : INVALID_SIGNATURE;
}

/** Of a flag that no supported scheme has: what kind of refusal, and its words. */
export function unsupportedSchemeText(flag: number): { readonly encoding: boolean; readonly text: string } {
  switch (flag) {
    case SIGNATURE_FLAG.moveAuthenticator:
      // IotaError::UnsupportedFeature: upstream has the scheme, this node has no Move to authenticate with.
      return { encoding: false, text: "Use of disabled feature: MoveAuthenticator is not supported on this node" };
    case SIGNATURE_FLAG.zkLogin:
      return { encoding: true, text: `${GENERAL}zkLogin is not supported` };
    default:
      return { encoding: true, text: INVALID_INPUT };
  }
}

/** Of a well-formed signature that does not verify; `fault` as `verify` gave it. */
export function badSignatureText(signature: Uint8Array | undefined, fault: bigint): string {
  const { name, x, y } = signatureFault(fault);
  if (signature?.[0] === SIGNATURE_FLAG.passkey) return notValid(passkeyText(name));
  switch (name) {
    case "insufficientWeight":
      return notValid(`Insufficient weight=${x} threshold=${y}`);
    case "memberScheme":
      return notValid(memberText(signature!, x, "signature/pubkey type mismatch"));
    case "memberKey":
      return notValid(memberText(signature!, x, JSON.stringify(notValid("Invalid author"))));
    case "memberSignature":
      return notValid(memberText(signature!, x, JSON.stringify(memberFaultText(y))));
    default:
      return notValid(`Fail to verify user sig ${INVALID_SIGNATURE}`);
  }
}

function passkeyText(name: ReturnType<typeof signatureFault>["name"]): string {
  return name === "otherChallenge" ? "Invalid challenge" : "Fails to verify";
}

function memberText(signature: Uint8Array, index: number, error: string): string {
  const member = multisigMember(signature, index);
  return `Invalid sig for pk=${member && toBase64(member.key)} address=${member?.address} error=${error}`;
}

/** A member's own fault; only a passkey's can be another than that it does not verify. */
function memberFaultText(fault: number): string {
  const { name } = signatureFault(BigInt(fault));
  return name === "otherChallenge" ? notValid(passkeyText(name)) : INVALID_SIGNATURE;
}
