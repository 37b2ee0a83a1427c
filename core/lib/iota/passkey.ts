/**
 * Passkey signatures: 06 || bcs(authenticator data, client data JSON, serialized secp256r1 signature). The passkey signs its
 * authenticator's data and the hash of the client data, whose challenge is the 32 bytes that every other scheme signs.
 *
 * Sources: iotaledger/iota-rust-sdk crates/iota-sdk-types/src/crypto/passkey.rs at 8a626b80f38bae82cc43ae52e4d60e2ccbb7a4c8 (form),
 * crates/iota-sdk-crypto/src/passkey.rs at 08812a5fbc7e58a8cf9d80ea9ba36175f5d3ce8c (PasskeyVerifier); W3C Web Authentication Level 3, section 7.2.
 */

import * as code from "../../wire/generated";
import { equal32, LENGTH_32 } from "../bytes";
import { sha256, sha256Final, sha256Init, sha256Update } from "../hash/sha256";
import * as reader from "../reader";
import { secp256r1Verify } from "../sig/ecdsa";
import { isUtf8 } from "../utf8";
import { CLIENT_DATA_MALFORMED, CLIENT_DATA_OK, clientChallenge } from "./client-data";
import { fault, NO_FAULT } from "./signature-fault";
import { FLAG_BYTES, FLAG_ED25519, FLAG_SECP256K1, FLAG_SECP256R1, simpleFlag, simpleKey } from "./simple-signature";

export const FLAG_PASSKEY: u32 = 0x06;

/** A streaming hash, SHA256_STATE_BYTES. */
const HASH: usize = memory.data(104, 16);
const DIGEST: usize = memory.data(32, 16);
const CHALLENGE: usize = memory.data(32, 16);

// The signature at hand.
let authenticatorData: usize = 0;
let authenticatorBytes: u32 = 0;
let clientData: usize = 0;
let clientBytes: u32 = 0;
let signature: usize = 0;

/** Makes the `length` bytes from the flag on the signature at hand; NO_FAULT, or why they are none. */
export function openPasskey(at: usize, length: u32): u64 {
  reader.open(at + FLAG_BYTES, length - FLAG_BYTES);
  authenticatorBytes = reader.count(length);
  authenticatorData = reader.take(authenticatorBytes);
  clientBytes = reader.count(length);
  clientData = reader.take(clientBytes);
  const signatureBytes = reader.count(length);
  signature = reader.take(signatureBytes);
  if (!reader.exhausted() || !isUtf8(clientData, clientBytes)) return fault(code.REJECT_FAULT_MALFORMED);
  const flag = simpleFlag(signature, signatureBytes);
  if (flag != FLAG_ED25519 && flag != FLAG_SECP256K1 && flag != FLAG_SECP256R1) {
    return fault(code.REJECT_FAULT_MALFORMED);
  }
  if (flag != FLAG_SECP256R1) return fault(code.REJECT_FAULT_NOT_SECP256R1);
  const found = clientChallenge(CHALLENGE, clientData, clientBytes);
  if (found == CLIENT_DATA_MALFORMED) return fault(code.REJECT_FAULT_CLIENT_DATA);
  return found == CLIENT_DATA_OK ? NO_FAULT : fault(code.REJECT_FAULT_MALFORMED_CHALLENGE);
}

/** The public key of the signature at hand, of the length and form of secp256r1's. */
export function passkeyKey(): usize {
  return simpleKey(signature);
}

/** Whether the signature at hand is good for the 32-byte message; NO_FAULT, or why not. */
export function verifyPasskey(message: usize): u64 {
  if (!equal32(CHALLENGE, message)) return fault(code.REJECT_FAULT_OTHER_CHALLENGE);
  sha256(DIGEST, clientData, clientBytes);
  sha256Init(HASH);
  sha256Update(HASH, authenticatorData, authenticatorBytes);
  sha256Update(HASH, DIGEST, <u32>LENGTH_32);
  sha256Final(HASH, DIGEST);
  const valid = secp256r1Verify(signature + FLAG_BYTES, passkeyKey(), DIGEST);
  return valid ? NO_FAULT : fault(code.REJECT_FAULT_SIGNATURE);
}
