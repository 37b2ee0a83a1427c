/**
 * Signatures of a committee: 03 || bcs(signatures, bitmap, committee of keys with weights, threshold). Keys of Ed25519, secp256k1,
 * secp256r1 and passkeys sit in it; neither ML-DSA, nor another multisig, nor upstream's old encoding with a roaring bitmap, which
 * protocol 38 has no more.
 *
 * Sources: iotaledger/iota-rust-sdk crates/iota-sdk-types/src/crypto/multisig.rs at f760af595891f4597d510f672eb0bd6de348f62a (form,
 * MultisigCommittee::validate, MultisigAggregatedSignature::validate), public_key.rs beside it, crates/iota-sdk-crypto/src/multisig.rs at
 * d96edaba1a36aff0c874239ddfecd0c4bae81d56 (MultisigVerifier); iotaledger/iota crates/iota-types/src/base_types.rs (address). Protocol 38 has
 * `accept_passkey_in_multisig` and `additional_multisig_checks`.
 */

import * as code from "../../wire/generated";
import { equalBytes } from "../bytes";
import { blake2b256Final, blake2b256Init, blake2b256Update } from "../hash/blake2b";
import * as reader from "../reader";
import { ECDSA_PUBLIC_KEY_BYTES, ECDSA_SIGNATURE_BYTES } from "../sig/ecdsa";
import { FLAG_PASSKEY, openPasskey, passkeyKey, verifyPasskey } from "./passkey";
import { fault, NO_FAULT } from "./signature-fault";
import { FLAG_BYTES, FLAG_ED25519, FLAG_SECP256K1, FLAG_SECP256R1, NO_FLAG, verifyBare } from "./simple-signature";

export const FLAG_MULTISIG: u32 = 0x03;

/** `MULTISIG_COMMITTEE_SIZE_MAX`. */
const MAX_MEMBERS: u32 = 10;
const ED25519_PUBLIC_KEY_BYTES: u32 = 32;
const THRESHOLD_BYTES: u32 = 2;
const WEIGHT_BYTES: u32 = 1;

// Entries of the two tables: flag u32, address u32, then bytes u32 of a signature, weight u32 of a member.
const ENTRY_BYTES: usize = 12;
const ENTRY_AT: usize = 4;
const ENTRY_EXTRA: usize = 8;
/** The first MAX_MEMBERS signatures and members. */
const SIGNATURES: usize = memory.data(120, 16);
const MEMBERS: usize = memory.data(120, 16);

/** A streaming hash, BLAKE2B_STATE_BYTES. */
const HASH: usize = memory.data(208, 16);
/** A flag and a threshold, to be hashed. */
const HEADER: usize = memory.data(3, 16);

// The signature at hand.
let signatureCount: u32 = 0;
let bitmap: u32 = 0;
let memberCount: u32 = 0;
let threshold: u32 = 0;

function signature(index: u32): usize {
  return SIGNATURES + <usize>index * ENTRY_BYTES;
}

function member(index: u32): usize {
  return MEMBERS + <usize>index * ENTRY_BYTES;
}

function flagOf(entry: usize): u32 {
  return load<u32>(entry);
}

function at(entry: usize): usize {
  return load<u32>(entry, ENTRY_AT);
}

/** Bytes of a signature; weight of a member. */
function extra(entry: usize): u32 {
  return load<u32>(entry, ENTRY_EXTRA);
}

/** Makes the `length` bytes from the flag on the signature at hand; NO_FAULT, or why they are none. */
export function openMultisig(from: usize, length: u32): u64 {
  reader.open(from + FLAG_BYTES, length - FLAG_BYTES);
  signatureCount = reader.count(length);
  for (let i: u32 = 0; i < signatureCount; i++) readSignature(i);
  bitmap = reader.u16_();
  memberCount = reader.count(length);
  for (let i: u32 = 0; i < memberCount; i++) readMember(i);
  threshold = reader.u16_();
  if (!reader.exhausted() || !passkeysOpen()) return fault(code.REJECT_FAULT_MALFORMED);
  const found = checkCommittee();
  return found == NO_FAULT ? checkSignatures() : found;
}

/** The flag of a variant of the enums of keys and signatures, the same in both; the fourth is zkLogin, which is gone. */
function readVariant(): u32 {
  const variant = reader.variant(5);
  if (variant == 0) return FLAG_ED25519;
  if (variant == 1) return FLAG_SECP256K1;
  if (variant == 2) return FLAG_SECP256R1;
  if (variant == 4) return FLAG_PASSKEY;
  reader.fail();
  return NO_FLAG;
}

function readSignature(index: u32): void {
  const flag = readVariant();
  // A passkey's is whole, with its flag and a length before it; the others are bare.
  const length = flag == FLAG_PASSKEY ? reader.count(code.MAX_SIGNATURE_BYTES) : ECDSA_SIGNATURE_BYTES;
  write(SIGNATURES, index, flag, reader.take(length), length);
}

function readMember(index: u32): void {
  const flag = readVariant();
  const key = reader.take(flag == FLAG_ED25519 ? ED25519_PUBLIC_KEY_BYTES : ECDSA_PUBLIC_KEY_BYTES);
  write(MEMBERS, index, flag, key, reader.u8_());
}

function write(table: usize, index: u32, flag: u32, address: usize, value: u32): void {
  if (index >= MAX_MEMBERS) return;
  const entry = table + <usize>index * ENTRY_BYTES;
  store<u32>(entry, flag);
  store<u32>(entry, <u32>address, ENTRY_AT);
  store<u32>(entry, value, ENTRY_EXTRA);
}

/** Whether all signatures of passkeys are well formed. Those beyond the tenth are in vain whatever they are. */
function passkeysOpen(): bool {
  for (let i: u32 = 0; i < min(signatureCount, MAX_MEMBERS); i++) {
    const entry = signature(i);
    if (flagOf(entry) == FLAG_PASSKEY && openInner(entry) != NO_FAULT) return false;
  }
  return true;
}

/** Opens a passkey's signature inside. */
function openInner(entry: usize): u64 {
  const length = extra(entry);
  if (length < FLAG_BYTES || <u32>load<u8>(at(entry)) != FLAG_PASSKEY) return fault(code.REJECT_FAULT_MALFORMED);
  return openPasskey(at(entry), length);
}

function checkCommittee(): u64 {
  if (threshold == 0) return fault(code.REJECT_FAULT_ZERO_THRESHOLD);
  if (memberCount == 0) return fault(code.REJECT_FAULT_NO_MEMBERS);
  if (memberCount > MAX_MEMBERS) return fault(code.REJECT_FAULT_TOO_MANY_MEMBERS, memberCount);
  let sum: u32 = 0;
  for (let i: u32 = 0; i < memberCount; i++) {
    if (extra(member(i)) == 0) return fault(code.REJECT_FAULT_ZERO_WEIGHT);
    sum += extra(member(i));
  }
  if (sum < threshold) return fault(code.REJECT_FAULT_UNREACHABLE_THRESHOLD, sum, threshold);
  for (let i: u32 = 0; i < memberCount; i++) {
    for (let j: u32 = 0; j < i; j++) {
      if (sameKey(member(i), member(j))) return fault(code.REJECT_FAULT_DUPLICATE_MEMBER);
    }
  }
  return NO_FAULT;
}

function memberKeyBytes(entry: usize): u32 {
  return flagOf(entry) == FLAG_ED25519 ? ED25519_PUBLIC_KEY_BYTES : ECDSA_PUBLIC_KEY_BYTES;
}

function sameKey(a: usize, b: usize): bool {
  return flagOf(a) == flagOf(b) && equalBytes(at(a), at(b), memberKeyBytes(a));
}

function checkSignatures(): u64 {
  if (signatureCount == 0 || signatureCount > memberCount) return fault(code.REJECT_FAULT_WRONG_MEMBER_SIGNATURES);
  if (bitmap >> memberCount != 0 || <u32>popcnt(bitmap) != signatureCount) {
    return fault(code.REJECT_FAULT_WRONG_BITMAP, bitmap);
  }
  return NO_FAULT;
}

/** Writes the address of the committee: the hash of 03 || threshold || for each member flag unless Ed25519, key, weight. */
export function multisigAddress(out: usize): void {
  blake2b256Init(HASH);
  store<u8>(HEADER, FLAG_MULTISIG);
  store<u16>(HEADER, threshold, FLAG_BYTES);
  blake2b256Update(HASH, HEADER, FLAG_BYTES + THRESHOLD_BYTES);
  for (let i: u32 = 0; i < memberCount; i++) {
    const entry = member(i);
    store<u8>(HEADER, flagOf(entry));
    if (flagOf(entry) != FLAG_ED25519) blake2b256Update(HASH, HEADER, FLAG_BYTES);
    blake2b256Update(HASH, at(entry), memberKeyBytes(entry));
    store<u8>(HEADER, extra(entry));
    blake2b256Update(HASH, HEADER, WEIGHT_BYTES);
  }
  blake2b256Final(HASH, out);
}

/** Whether the signature at hand is good for the 32-byte message; NO_FAULT, or why not. */
export function verifyMultisig(message: usize): u64 {
  let weight: u32 = 0;
  let next: u32 = 0;
  for (let i: u32 = 0; i < memberCount; i++) {
    if (((bitmap >> i) & 1) == 0) continue;
    const found = verifyMember(i, signature(next++), message);
    if (found != NO_FAULT) return found;
    weight += extra(member(i));
  }
  return weight >= threshold ? NO_FAULT : fault(code.REJECT_FAULT_INSUFFICIENT_WEIGHT, weight, threshold);
}

function verifyMember(index: u32, signed: usize, message: usize): u64 {
  const entry = member(index);
  const flag = flagOf(entry);
  if (flagOf(signed) != flag) return fault(code.REJECT_FAULT_MEMBER_SCHEME, index);
  if (flag != FLAG_PASSKEY) {
    const valid = verifyBare(flag, at(signed), at(entry), message);
    return valid ? NO_FAULT : fault(code.REJECT_FAULT_MEMBER_SIGNATURE, index, code.REJECT_FAULT_SIGNATURE);
  }
  openInner(signed); // which `openMultisig` has found sound
  if (!equalBytes(passkeyKey(), at(entry), ECDSA_PUBLIC_KEY_BYTES)) return fault(code.REJECT_FAULT_MEMBER_KEY, index);
  const found = verifyPasskey(message);
  return found == NO_FAULT ? NO_FAULT : fault(code.REJECT_FAULT_MEMBER_SIGNATURE, index, <u32>found);
}
